"""What changed since an earlier publication: figures revised, added, withdrawn, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import NO_BREAK, interval, number, plural, round_half_up
from observatoire.pages.blocks import Block, Heading, Paragraph, TableBlock, heads, text_row
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable
    from observatoire.values import Record

#: One figure of an earlier publication.
_KEY = ["zonage", "territoire", "indicateur", "periode"]

REVISED, ADDED, WITHDRAWN = "révisé", "ajouté", "retiré"

#: So many rows are printed; the workbook has them all.
_MOST_PRINTED = 40

_SHOWN = {s.label for s in Status if s.has_value or s is Status.BOUNDED}

#: Two figures that print the same and are both a territory's own have not changed.
_OWN = {Status.OBSERVED.label, Status.AGGREGATED.label}


@dataclass(frozen=True)
class Revisions:
    """What changed: ``df`` has a row a figure, with the former text, the present one, and why.

    ``since`` names what it is compared with. A figure that was withdrawn is named, and not said again.
    """

    since: str
    df: pd.DataFrame

    def count(self, change: str) -> int:
        """Return how many figures were revised, added or withdrawn."""
        return int((self.df["change"] == change).sum())


def revisions(
    tables: Sequence[ProtectedTable],
    earlier: pd.DataFrame,
    since: str,
    replaced: Mapping[str, str] | None = None,
) -> Revisions:
    """Compare figures with those of an earlier publication, period by period.

    Parameters
    ----------
    tables : sequence of ProtectedTable
        What is shown now, the latest periods first.
    earlier : DataFrame
        The figures of then, with the French columns of a package; ``tu`` marks those that were
        never published: they count, and their former number is not printed.
    since : str
        What they come from.
    replaced : mapping, optional
        By source, as figures name it, when its file was last loaded.
    """
    table, now = tables[0], _now(tables)
    then = earlier[earlier["zonage"].isin(set(now["zonage"]))]
    then = then.assign(tu=then.get("tu", False))
    both = then[
        [*_KEY, "nom", "valeur", "borne_basse", "borne_haute", "statut", "source", "motif", "tu"]
    ].merge(now, on=_KEY, how="outer", suffixes=("_avant", ""), indicator="_merge")
    written = _Words(
        table.indicators,
        dict(replaced or {}),
        set(earlier["indicateur"]),
        set(earlier.loc[earlier["statut"].isin(_SHOWN), "source"]),
        _newest(now),
        table.zoning,
    )
    rows = [row for row in map(written.row, records(both)) if row]
    columns = ["change", "territory", "indicator", "period", "before", "after", "why"]
    return Revisions(since, pd.DataFrame(rows, columns=columns))


def _now(tables: Sequence[ProtectedTable]) -> pd.DataFrame:
    cells = pd.concat([each.cells for each in tables], ignore_index=True)
    return pd.DataFrame(
        {
            "zonage": cells["zoning"],
            "territoire": cells["territory"],
            "indicateur": cells["indicator"],
            "periode": cells["period"].astype(str),
            "nom": cells["name"],
            "valeur": cells["value"],
            "borne_basse": cells["low"],
            "borne_haute": cells["high"],
            "statut": [Status(each).label for each in cells["status"]],
            "source": cells["source"],
            "motif": cells["reason"],
        }
    )


def _newest(now: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    return {
        (str(row["zonage"]), str(row["territoire"]), str(row["indicateur"])): str(row["periode"])
        for row in records(now[now["statut"].isin(_SHOWN)].sort_values("periode", kind="stable"))
    }


@dataclass(frozen=True)
class _Words:
    """Says of a figure of then and of now what changed, and why."""

    indicators: Mapping[str, Indicator]
    replaced: Mapping[str, str]
    former: set[str]
    sources: set[str]
    newest: Mapping[tuple[str, str, str], str]
    zoning: str

    def row(self, row: Record) -> tuple[str, ...] | None:
        """Return the change of one figure; None where there is none."""
        code = str(row["indicateur"])
        was, is_now = str(row["statut_avant"]) in _SHOWN, str(row["statut"]) in _SHOWN
        decimals = self.indicators[code].decimals if code in self.indicators else 1
        before = _text(row, "_avant", decimals) if was else ""
        after = _text(row, "", decimals) if is_now else ""
        kinds = {row["statut_avant"], row["statut"]}
        if not (was or is_now) or (before == after and (len(kinds) == 1 or kinds <= _OWN)):
            return None
        change = REVISED if was and is_now else ADDED if is_now else WITHDRAWN
        name = row["nom"] if isinstance(row["nom"], str) else row["nom_avant"]
        if row["zonage"] != self.zoning:  # a namesake of another kind
            name = f"{name} ({row['zonage']})"
        label = self.indicators[code].label if code in self.indicators else code
        hidden = was and row["tu"] is True
        # What was withdrawn is not said once more: who asked for it would read it again.
        again = change != WITHDRAWN or self._replaced(row)
        shown = "non publié" if hidden else before if again else "non redit"
        return change, str(name), label, str(row["periode"]), shown, after, self._why(row, change)

    def _why(self, row: Record, change: str) -> str:
        if change == WITHDRAWN:
            return self._withdrawn(row)
        return self._added(row) if change == ADDED else self._revised(row)

    def _replaced(self, row: Record) -> str:
        """Return the later period of which there is a figure, if any."""
        place = (str(row["zonage"]), str(row["territoire"]), str(row["indicateur"]))
        later = self.newest.get(place, "")
        return later if later > str(row["periode"]) else ""

    def _withdrawn(self, row: Record) -> str:
        code = str(row["indicateur"])
        if later := self._replaced(row):
            return f"remplacé par le chiffre de {later}"
        if code not in self.indicators:
            return "l’indicateur n’est plus montré"
        if code not in {each for _, _, each in self.newest}:
            return "plus aucun chiffre chargé : sa source, ou un fichier, a été retirée"
        said = row["motif"] if isinstance(row["motif"], str) else ""
        return said or "le territoire ou la période n’est plus montré"

    def _added(self, row: Record) -> str:
        if str(row["indicateur"]) not in self.former:
            return "indicateur ajouté"
        if str(row["source"]) not in self.sources:
            return f"source ajoutée{NO_BREAK}: {row['source']}"
        if not isinstance(row["source_avant"], str):
            return "période ou territoire ajouté"
        return f"était {row['statut_avant']}, est {row['statut']}"

    def _revised(self, row: Record) -> str:
        source, former = str(row["source"]), str(row["source_avant"])
        if source != former:
            return f"source changée{NO_BREAK}: {former} avant"
        if row["statut"] != row["statut_avant"]:
            return f"était {row['statut_avant']}, est {row['statut']}"
        if row["statut"] == Status.ESTIMATED.label:
            return "estimation refaite sur ce qui a été chargé depuis"
        when = self.replaced.get(source.split(" ; ", maxsplit=1)[0], "")
        return f"fichier de la source chargé le {when}" if when else "source ou passage corrigé"


def _text(row: Record, side: str, decimals: int) -> str:
    value, low, high = (
        float(row[f"{name}{side}"]) for name in ("valeur", "borne_basse", "borne_haute")
    )
    if value == value:  # noqa: PLR0124 - NaN
        shown = number(round_half_up(value, decimals), decimals)
        return f"({shown})" if row[f"statut{side}"] == Status.CONTEXT.label else shown
    return interval(low, high, decimals) if low == low else ""  # noqa: PLR0124 - NaN


def revision_blocks(found: Revisions) -> list[Block]:
    """Lay out what changed: how much, then the figures, those revised first."""
    counts = ", ".join(
        f"{plural(found.count(change), 'chiffre')} {change}{'s' if found.count(change) > 1 else ''}"
        for change in (REVISED, ADDED, WITHDRAWN)
    )
    blocks: list[Block] = [
        Heading(f"Ce qui a changé depuis {found.since}", 1, "revisions"),
        Paragraph(f"{counts}." if len(found.df) else "Aucun chiffre n’a changé."),
    ]
    for change in (REVISED, WITHDRAWN, ADDED):
        part = found.df[found.df["change"] == change]
        if len(part):
            blocks.append(_grid(part, change))
    return blocks


def _grid(part: pd.DataFrame, change: str) -> TableBlock:
    if len(part) > _MOST_PRINTED:
        return _summed(part, change)
    shown = part[["indicator", "territory", "period", "before", "after", "why"]]
    rows = tuple(text_row(*each) for each in shown.itertuples(index=False))
    columns = heads("Territoire", "Période", "Avant", "Maintenant", "Pourquoi")
    return TableBlock(
        f"Chiffres {change}s", "Indicateur", columns, rows, kind="texts",
        widths=(3.0, 1.8, 0.9, 1.2, 1.2, 3.2),
    )  # fmt: skip


def _summed(part: pd.DataFrame, change: str) -> TableBlock:
    """Count by indicator and reason what would take pages; the workbook has each figure."""
    counted = part.groupby(["indicator", "period", "why"], sort=False).size().reset_index(name="n")
    rows = tuple(
        text_row(row["indicator"], row["period"], number(int(row["n"])), row["why"])
        for row in records(counted)
    )
    return TableBlock(
        f"Chiffres {change}s, par indicateur (chacun est au classeur)", "Indicateur",
        heads("Période", "Chiffres", "Pourquoi"), rows, kind="texts",
        widths=(3.4, 0.9, 0.9, 3.6),
    )  # fmt: skip
