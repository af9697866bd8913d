"""What a load did, file by file, in numbers and in French."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from observatoire.french.typography import NARROW, number, plural
from observatoire.warehouse.findings import PrintedReport, finding_lines

#: What a load did with a file.
LOADED, UNCHANGED, REPLACED = "chargé", "inchangé", "remplace la version précédente"


@dataclass(frozen=True)
class FileReport:
    """What one file gave."""

    file: str
    sha256: str
    outcome: str
    rows_read: int
    rows_kept: int
    rows_rejected: int
    observations: int
    form: str = ""
    kind: str = "observation"


@dataclass(frozen=True)
class LoadReport(PrintedReport):
    """What a load read, kept and rejected, by reason; shows itself in a notebook.

    ``rows_read`` = ``rows_kept`` + ``rows_rejected``, always.
    """

    source: str
    title: str
    files: tuple[FileReport, ...]
    rejects: pd.DataFrame = field(repr=False)
    notices: tuple[str, ...] = ()
    findings: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def rows_read(self) -> int:
        """Rows read in all files."""
        return sum(report.rows_read for report in self.files)

    @property
    def rows_kept(self) -> int:
        """Rows that gave observations."""
        return sum(report.rows_kept for report in self.files)

    @property
    def rows_rejected(self) -> int:
        """Rows rejected."""
        return sum(report.rows_rejected for report in self.files)

    #: The short names of DESIGN §4: « rows read, kept, rejected ».
    read, kept, rejected = rows_read, rows_kept, rows_rejected

    @property
    def by_reason(self) -> dict[str, int]:
        """Rejected rows by reason, most frequent first."""
        if self.rejects.empty:
            return {}
        once = self.rejects.drop_duplicates(["file", "line"])
        return {str(k): int(v) for k, v in once["reason"].value_counts().items()}

    @property
    def changed(self) -> bool:
        """Whether the warehouse is different after this load."""
        return any(report.outcome != UNCHANGED for report in self.files)

    def __str__(self) -> str:
        """Return the report as French text."""
        read = plural(self.rows_read, "ligne lue", "lignes lues")
        kept, rejected = plural(self.rows_kept, "gardée"), plural(self.rows_rejected, "rejetée")
        lines = [f"{self.title} ({self.source}){NARROW}: {read}, {kept}, {rejected}."]
        lines += [
            f"  {report.file} ({report.sha256[:12]}…){NARROW}: {report.outcome}, "
            f"{plural(report.observations, report.kind)}"
            + (f" ({report.form})" if report.form else "")
            for report in self.files
        ]
        lines += [
            f"  rejet{NARROW}: {reason} ({number(count)})"
            for reason, count in self.by_reason.items()
        ]
        lines += [f"  {notice}" for notice in self.notices]
        if len(self.findings):
            lines += [f"  contrôles{NARROW}:", *finding_lines(self.findings)]
        return "\n".join(lines)
