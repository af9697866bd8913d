"""What a load did, file by file, and what the checks found, gravest first, in French."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import FileError, FormatError
from observatoire.errors.translations import refused_by_system
from observatoire.french.typography import NARROW, NO_BREAK, number, plural
from observatoire.swap import new_file
from observatoire.values import Record, records

if TYPE_CHECKING:
    from collections.abc import Mapping


#: From what is good to know to what cannot be.
LEVELS = ("remarque", "alerte", "erreur")

#: Sentences printed for one check before the others are only counted.
_SHOWN = 5

#: JupyterLab cuts the lines of a <pre> anywhere, within words.
_WHOLE_WORDS = "white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere"


class PrintedReport:
    """A report that shows in a notebook the text that it prints."""

    def _repr_html_(self) -> str:
        return f'<pre style="{_WHOLE_WORDS}">{html.escape(str(self))}</pre>'


@dataclass(frozen=True)
class CheckReport(PrintedReport):
    """What the checks found, gravest first; shows itself in French.

    ``df`` has one row a failing figure: check, level, title, source, file, load, line, zoning,
    territory, variable, period, value, message, remedy.
    """

    df: pd.DataFrame = field(repr=False)
    checks: int

    def with_others(self, found: pd.DataFrame) -> CheckReport:
        """Return the report with other findings, gravest first."""
        if found.empty:
            return self
        every = pd.concat([self.df, found], ignore_index=True)
        order = every["level"].map({level: rank for rank, level in enumerate(reversed(LEVELS))})
        return replace(self, df=every.iloc[order.argsort(kind="stable")].reset_index(drop=True))

    @property
    def by_level(self) -> dict[str, int]:
        """Failing rows by level, gravest first."""
        count = Counter(self.df["level"])
        return {level: count[level] for level in reversed(LEVELS)}

    @property
    def errors(self) -> pd.DataFrame:
        """The rows that cannot be: level « erreur »."""
        return self.df[self.df["level"] == LEVELS[-1]]

    def save(self, path: str | Path) -> Path:
        """Write every failing row as a ``.csv``, semicolons and decimal comma, for a spreadsheet.

        Raises
        ------
        FormatError, FileError
            On another suffix, or a place that cannot be written to.
        """
        path = Path(path)
        if path.suffix.lower() != ".csv":
            raise FormatError(
                f"On écrit les anomalies en .csv, non en « {path.suffix} ».",
                where=path.name,
                remedy="Donnez un nom en .csv ; Excel et LibreOffice l’ouvrent.",
            )
        remedy = "Choisissez un dossier qui existe et où vous avez le droit d’écrire."
        with (
            refused_by_system(FileError, "On ne peut pas écrire ici.", path, remedy),
            new_file(path) as draft,
        ):
            self.df.to_csv(draft, sep=";", decimal=",", index=False, encoding="utf-8-sig")
        return path

    def __len__(self) -> int:
        """Return how many rows fail."""
        return len(self.df)

    def __str__(self) -> str:
        """Return the report as French text."""
        counts = ", ".join(plural(count, level) for level, count in self.by_level.items())
        head = f"{plural(self.checks, 'contrôle')}{NO_BREAK}: "
        if self.df.empty:
            return f"{head}rien à signaler."
        return "\n".join([f"{head}{counts}.", *finding_lines(self.df)])


def without_closed(report: CheckReport, closed: Mapping[str, str]) -> CheckReport:
    """Take the figures of some sources out of what the checks found; the places stay.

    Parameters
    ----------
    closed : mapping of str to str
        Why each source, by code, may show no figure now: its agreement has expired.
    """
    if not closed:
        return report
    found = report.df.copy()
    for source, why in closed.items():
        retained = (found["source"] == source) | found["message"].str.contains(
            f"({source})", regex=False
        )
        found.loc[retained, "value"] = float("nan")
        found.loc[retained, "message"] = [
            f"{name}, chiffre retenu. {why}" for name in found.loc[retained, "territory"]
        ]
    return replace(report, df=found)


def finding_lines(findings: pd.DataFrame) -> list[str]:
    """Return what a report prints of findings: one heading a check, its first sentences."""
    lines = []
    for (level, title), rows in findings.groupby(["level", "title"], sort=False):
        lines.append(f"  {level}{NO_BREAK}: {title} ({len(rows)})")
        for row in records(rows.head(_SHOWN)):
            lines.append(f"    {_place(row)}{row['message']}")  # noqa: PERF401 - two per check
        if (left := len(rows) - _SHOWN) > 0:
            more = plural(left, "autre")
            lines.append(f"    … et {more} : observatoire check -o anomalies.csv, ou o.checks().df")
        if remedy := str(rows["remedy"].iloc[0]):
            lines.append(f"    {remedy}")
    return lines


def _place(row: Record) -> str:
    """Say where a finding is: file and line, when it is on one."""
    file, line = row["file"], row["line"]
    if not isinstance(file, str) or pd.isna(line):
        return ""
    return f"{file}, ligne {int(line)}{NO_BREAK}: "


def by_source(report: CheckReport, sources: pd.DataFrame) -> pd.DataFrame:
    """Count the failing rows by check and source: what a page that circulates may say.

    Parameters
    ----------
    sources : DataFrame
        Columns ``source`` and ``title``.

    Returns
    -------
    DataFrame
        Columns ``level``, ``title``, ``source`` (its title), ``remedy``, ``rows``; gravest first.
    """
    titles = dict(zip(sources["source"], sources["title"], strict=True))
    named = report.df.assign(source=[titles.get(code, code) for code in report.df["source"]])
    counted = named.groupby(["level", "title", "source", "remedy"], sort=False).size()
    return counted.rename("rows").reset_index()


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
    outlines: int = 0


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
            f"{plural(report.outlines or report.observations, 'contour' if report.outlines else 'observation')}"
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
