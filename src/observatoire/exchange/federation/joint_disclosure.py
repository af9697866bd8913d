"""What packages give away together, though each is safe alone.

One member hides a count, another prints it, or prints what it takes to find it: a total and the other
parts, a rate and its denominator. All packages are put into one system, whose hidden cells the engine
of ``secrecy`` bounds as an attacker would.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import enumerate_words
from observatoire.secrecy.suppression.audit import audit
from observatoire.territories import simplify
from observatoire.territories.link_tables import WHOLE
from observatoire.values import Nature, Status, quotients_per, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from observatoire.exchange.federation.verification import Member
    from observatoire.values import Record

DISCLOSURE_COLUMNS = (
    *("observatoire", "zonage", "territoire", "nom", "indicateur", "periode"),
    *("retrouve_par", "a_retirer", "seul"),
)

_SECRET = Status.SECRET.label

#: Shown figures that are tried, one after the other, as the one to withhold.
_TRIED = 12


@dataclass(frozen=True, order=True)
class CountedCell:
    """One count: what is counted, where, when."""

    quantity: str
    zoning: str
    territory: str
    period: str

    def __str__(self) -> str:
        """Write it as a reason does."""
        return f"{self.quantity} de {self.territory} ({self.zoning}, {self.period})"


@dataclass(eq=False)
class Exposure:
    """What some members show and hide of counts, and all that ties them."""

    shown: dict[CountedCell, float] = field(default_factory=dict)
    showing: dict[CountedCell, set[str]] = field(default_factory=lambda: defaultdict(set))
    hiding: dict[CountedCell, set[str]] = field(default_factory=lambda: defaultdict(set))
    thresholds: dict[CountedCell, float] = field(default_factory=dict)
    bounds: dict[CountedCell, tuple[float, float]] = field(default_factory=dict)
    rated: dict[CountedCell, set[str]] = field(default_factory=lambda: defaultdict(set))
    relations: list[tuple[CountedCell, tuple[CountedCell, ...], bool]] = field(default_factory=list)

    def unsafe(self) -> dict[CountedCell, str]:
        """Return the hidden counts that can be worked out, each with the sum that gives it."""
        # Nothing is known of a hidden count that no sum and no rate holds.
        tied = {cell for total, parts, _ in self.relations for cell in (total, *parts)}
        hidden = (set(self.hiding) - set(self.shown)) & (tied | set(self.bounds))
        if not hidden:
            return {}
        relations, reached = self._around(hidden)
        cells = {cell: self.shown.get(cell, math.nan) for cell in sorted(reached)}
        rests = {_rest(total): math.nan for total, _, whole in relations if not whole}
        labels = pd.Series({**cells, **rests})
        written = [
            (total, [*parts, *([] if whole else [_rest(total)])])
            for total, parts, whole in relations
        ]
        latent = [c for c in reached if c not in self.shown and c not in hidden]
        known = pd.Series(
            {
                label: str(Status.OBSERVED if label in self.shown else Status.SECRET)
                for label in labels.index
            }
        )
        found = audit(
            labels,
            known,
            written,
            threshold=pd.Series(
                {label: self.thresholds.get(label, 1e-9) for label in labels.index}
            ),
            bounds=self._bounds(labels.index),
            latent=[*latent, *rests],
            absent=[*hidden, *latent, *rests],
        )
        given_away = dict(zip(found.index, ~found["safe"] | found["recoverable"], strict=True))
        return {cell: self._reason(cell, relations) for cell in hidden if given_away[cell]}

    def _around(
        self, hidden: set[CountedCell]
    ) -> tuple[list[tuple[CountedCell, tuple[CountedCell, ...], bool]], set[CountedCell]]:
        """Return the sums that touch hidden counts, through others unknown, and all their cells."""
        touching = defaultdict(list)
        for rank, (total, parts, _) in enumerate(self.relations):
            for cell in (total, *parts):
                touching[cell].append(rank)
        kept, reached, front = set(), set(hidden), list(hidden)
        while front:
            for rank in touching[front.pop()]:
                if rank in kept:
                    continue
                total, parts, _ = self.relations[rank]
                kept.add(rank)
                fresh = {total, *parts} - reached
                reached |= fresh
                front += [cell for cell in fresh if cell not in self.shown]
        return [self.relations[rank] for rank in sorted(kept)], reached

    def _bounds(self, labels: Iterable[object]) -> pd.DataFrame:
        rows = {
            label: self.bounds.get(label, (0.0, math.inf))  # type: ignore[call-overload]
            for label in labels
            if label not in self.shown
        }
        return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"])

    def _reason(
        self,
        cell: CountedCell,
        relations: Sequence[tuple[CountedCell, tuple[CountedCell, ...], bool]],
    ) -> str:
        if cell in self.rated:
            return f"un taux et son autre terme, publiés par {_people(self.rated[cell])}"
        found = [r for r in relations if cell == r[0] or cell in r[1]]
        found.sort(key=lambda r: sum(c not in self.shown for c in (r[0], *r[1])))
        if not found:
            return "ce qui borne ce chiffre"
        total, parts, _ = found[0]
        return f"{total} = {enumerate_words([str(part) for part in parts], most=4)}"

    def without(self, cell: CountedCell) -> Exposure:
        """Return the same, had nobody shown one figure."""
        shown = {known: value for known, value in self.shown.items() if known != cell}
        hiding = defaultdict(set, {k: set(v) for k, v in self.hiding.items()})
        hiding[cell] |= self.showing[cell]
        return replace(self, shown=shown, hiding=hiding)


def joint_disclosures(members: Sequence[Member], figures: pd.DataFrame) -> pd.DataFrame:
    """Return the hidden counts that packages give away together: :data:`DISCLOSURE_COLUMNS`.

    Parameters
    ----------
    members : sequence of Member
        Their definitions, links between zonings and thresholds.
    figures : DataFrame
        The answer of ``counts.sql``: what is shown and what is hidden.
    """
    names = figures.drop_duplicates(["zonage", "territoire"]).set_index(["zonage", "territoire"])
    together = exposure(members, figures)
    alone: set[CountedCell] = set()
    for member in members:
        own = figures[figures["observatoire"] == member.name]
        if (own["statut"] == _SECRET).any():
            alone |= set(exposure([member], own).unsafe())
    rows = [
        (
            cell,
            f"ce chiffre, publié par {_people(together.showing[cell])}",
            _people(together.showing[cell]),
        )
        for cell in sorted(set(together.hiding) & set(together.shown))
    ]
    rows += [
        (cell, reason, _remedy(together, cell))
        for cell, reason in sorted(together.unsafe().items())
    ]
    return pd.DataFrame(
        [
            (
                _people(together.hiding[cell]), cell.zoning, cell.territory,
                str(names.loc[(cell.zoning, cell.territory), "nom"]), cell.quantity, cell.period,
                reason, remedy, "oui" if cell in alone else "non",
            )
            for cell, reason, remedy in rows
        ],
        columns=list(DISCLOSURE_COLUMNS),
    )  # fmt: skip


def _rest(total: CountedCell) -> CountedCell:
    """Return what a whole has besides the parts that are known of it."""
    return replace(total, quantity=f"reste de {total.quantity}")


def _people(names: Iterable[str]) -> str:
    return enumerate_words(sorted(names))


def remedy(together: Exposure, cell: CountedCell) -> tuple[list[CountedCell], bool]:
    """Return what to withhold around a count, and whether that is enough; parts are tried before totals."""
    near = [r for r in together.relations if cell == r[0] or cell in r[1]]
    tried = [c for total, parts, _ in near for c in (*parts, total) if c in together.shown]
    tried = list(dict.fromkeys(tried))
    for candidate in tried[:_TRIED]:
        if cell not in together.without(candidate).unsafe():
            return [candidate], True
    return tried, False


def _remedy(together: Exposure, cell: CountedCell) -> str:
    """Name the one figure that, withheld, keeps a count safe, or who publishes those around it."""
    cells, enough = remedy(together, cell)
    if enough:
        return f"{cells[0]}, par {_people(together.showing[cells[0]])}"
    owners = set().union(*(together.showing[c] for c in cells)) | together.rated.get(cell, set())
    return f"plusieurs chiffres, par {_people(owners)}" if owners else "ce qui l’entoure"


def exposure(members: Sequence[Member], figures: pd.DataFrame) -> Exposure:
    """Put what members show and hide into one system."""
    made = Exposure()
    words = _words(members)
    counted = _quantities(words)
    thresholds = {member.name: member.thresholds for member in members}
    clashing: set[CountedCell] = set()
    rates: list[Record] = []
    for row in records(figures):
        whose, value = row["observatoire"], float(row["valeur"])
        key = (whose, row["indicateur"])
        if words[key]["nature"] == Nature.RATE.label:
            rates.append(row)
            continue
        if words[key]["nature"] != Nature.COUNT.label:
            continue
        cell = _cell(counted[key], row)
        floor = thresholds[whose].get((row["indicateur"], cell.period), 0.0)
        made.thresholds[cell] = max(made.thresholds.get(cell, 1e-9), floor)
        if row["statut"] == _SECRET:
            made.hiding[cell].add(whose)
        elif not math.isnan(value):
            if cell in made.shown and abs(made.shown[cell] - value) > 1:
                clashing.add(cell)  # two figures of one thing: neither is sure
            made.shown.setdefault(cell, value)
            made.showing[cell].add(whose)
    for cell in clashing - set(made.hiding):
        del made.shown[cell]
    _sum_up(made, members)
    _categories(made, words, counted)
    _rate(made, rates, words, counted)
    return made


def _words(members: Sequence[Member]) -> dict[tuple[str, str], Mapping[str, str]]:
    return {
        (member.name, str(row["indicateur"])): row
        for member in members
        for row in member.definitions
    }


def counted_cells(members: Sequence[Member], figures: pd.DataFrame) -> list[CountedCell]:
    """Return, of each figure, the cell that it would show, were it a count."""
    names = _quantities(_words(members))
    return [_cell(names[row["observatoire"], row["indicateur"]], row) for row in records(figures)]


def _cell(quantity: str, row: Record) -> CountedCell:
    return CountedCell(quantity, row["zonage"], row["territoire"], row["periode"])


def _quantities(words: Mapping[tuple[str, str], Mapping[str, str]]) -> dict[tuple[str, str], str]:
    """Name what each indicator counts: one name for one code, label or sum of variables.

    Definitions that are worded apart are taken for one thing: an attacker would try.
    """
    names: dict[tuple[str, str], str] = {}
    known: dict[tuple[str, ...], str] = {}
    given: set[str] = set()
    for key, row in words.items():
        what = (row["nature"], simplify(row["unite"]))
        marks: list[tuple[str, ...]] = [
            ("code", key[1], *what),
            ("label", simplify(row["libelle"]), *what),
        ]
        if row["numerateur"] and not row["denominateur"]:
            marks.append(("variables", row["producteur"], row["numerateur"]))
        fresh = f"{key[1]} ({key[0]})" if key[1] in given else key[1]
        names[key] = next((known[mark] for mark in marks if mark in known), fresh)
        given.add(names[key])
        for mark in marks:
            known.setdefault(mark, names[key])
    return names


def _sum_up(made: Exposure, members: Sequence[Member]) -> None:
    """Write what the links between zonings add up, for every quantity and period."""
    columns = sorted({(c.quantity, c.period) for c in (*made.shown, *made.hiding)})
    known = set(made.shown) | set(made.hiding)
    seen = set()
    for member in members:
        whole: dict[tuple[str, str, str], dict[str, bool]] = defaultdict(dict)
        for row in (link for link in member.links if link["lien"] == WHOLE):
            sum_of = whole[row["zonage_source"], row["zonage_cible"], row["cible"]]
            sum_of[row["source"]] = sum_of.get(row["source"], True) and row["complet"] == "oui"
        for (source, target, code), complete in sorted(whole.items()):
            parts, exact = sorted(complete), all(complete.values())
            if (source, target, code) in seen:
                continue
            seen.add((source, target, code))
            for quantity, period in columns:
                total = CountedCell(quantity, target, code, period)
                cells = tuple(CountedCell(quantity, source, part, period) for part in parts)
                if known & {total, *cells}:
                    made.relations.append((total, cells, exact))


def _categories(
    made: Exposure,
    words: Mapping[tuple[str, str], Mapping[str, str]],
    counted: Mapping[tuple[str, str], str],
) -> None:
    """Write a count of several variables as the sum of those that are counted alone."""
    single = {
        (row["producteur"], row["numerateur"]): counted[key]
        for key, row in words.items()
        if row["numerateur"] and not row["denominateur"]
    }
    places = {(c.zoning, c.territory, c.period) for c in (*made.shown, *made.hiding)}
    for (producer, variables), total in sorted(single.items()):
        parts = [single.get((producer, each), each) for each in variables.split()]
        if len(parts) > 1 and any((producer, each) in single for each in variables.split()):
            made.relations += [
                (
                    CountedCell(total, *place),
                    tuple(CountedCell(part, *place) for part in parts),
                    True,
                )
                for place in sorted(places)
            ]


def _rate(
    made: Exposure,
    rates: Iterable[Record],
    words: Mapping[tuple[str, str], Mapping[str, str]],
    counted: Mapping[tuple[str, str], str],
) -> None:
    """Bound a hidden count by a rate that is shown with its other term."""
    by_variables = {
        (row["producteur"], row["numerateur"]): counted[key]
        for key, row in words.items()
        if row["numerateur"] and not row["denominateur"]
    }
    for row in rates:
        whose, value = row["observatoire"], float(row["valeur"])
        word = words[whose, row["indicateur"]]
        sides = [
            by_variables.get((word["producteur"], word[n])) for n in ("numerateur", "denominateur")
        ]
        per = quotients_per(word["unite"])
        if None in sides or not per or math.isnan(value):
            continue
        top, bottom = (_cell(str(side), row) for side in sides)
        half = 0.5 * 10.0 ** -int(word["decimales"] or 1)
        low, high = max(value - half, 0.0) / per, (value + half) / per
        if top in made.hiding and bottom in made.shown:
            _bound(made, top, low * made.shown[bottom], high * made.shown[bottom], whose)
        if bottom in made.hiding and top in made.shown and low > 0:
            _bound(made, bottom, made.shown[top] / high, made.shown[top] / low, whose)


def _bound(made: Exposure, cell: CountedCell, low: float, high: float, whose: str) -> None:
    before = made.bounds.get(cell, (0.0, math.inf))
    made.bounds[cell] = max(before[0], low), min(before[1], high)
    made.rated[cell] |= {whose}
