"""What packages give away together, though each is safe alone, and what a federation hides for that.

One member hides a count, another prints it, or prints what it takes to find it: a total and the other
parts, a rate and its denominator. All packages are put into one system, whose hidden counts whole-number
programs bound as an attacker would.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from observatoire.errors import SecrecyError
from observatoire.exchange.federation.joint.exposure import people
from observatoire.exchange.federation.joint.programs import given_away, spared, withheld_for
from observatoire.exchange.federation.joint.system import Federated
from observatoire.exchange.publication.figures import FIGURE_KEY
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from observatoire.exchange.federation.engine import Engine
    from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure
    from observatoire.exchange.federation.joint.rates import BareTerms
    from observatoire.exchange.federation.verification import Member


Matter = TypeVar("Matter")

_SECRET = Status.SECRET.label

#: Indicators beyond which all those of a year are read, rather than those of every year.
_FEW = 12

#: Stands between codes in a question.
_BAR = "|"

DISCLOSURE_COLUMNS = (
    *("observatoire", "zonage", "territoire", "nom", "indicateur", "periode"),
    *("retrouve_par", "a_retirer", "seul"),
)


def joint_disclosures(federated: Federated, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the hidden counts that packages give away together: :data:`DISCLOSURE_COLUMNS`.

    Parameters
    ----------
    federated : Federated
        The members: their definitions, links between zonings and thresholds.
    figures : DataFrame
        The answer of ``counts.sql``: what is shown and what is hidden.
    """
    names = figures.drop_duplicates(["zonage", "territoire"]).set_index(["zonage", "territoire"])
    together = _together(federated, figures)
    direct = sorted(set(together.hiding) & set(together.given))
    rows = [
        (
            cell,
            f"ce chiffre, publié par {people(together.showing[cell])}",
            people(together.showing[cell]),
        )
        for cell in direct
    ]
    found = sorted(given_away(together))
    rows += [(cell, together.reason(cell), _remedy(together, cell)) for cell in found]
    hiders = set().union(*(together.hiding[cell] for cell in (*direct, *found)))
    alone = _alone([member for member in federated.members if member.name in hiders], figures)
    return pd.DataFrame(
        [
            (
                people(together.hiding[cell]), cell.zoning, cell.territory,
                str(names.loc[(cell.zoning, cell.territory), "nom"]), cell.quantity, cell.period,
                reason, remedy, "oui" if cell in alone else "non",
            )
            for cell, reason, remedy in rows
        ],
        columns=list(DISCLOSURE_COLUMNS),
    )  # fmt: skip


def _together(members: Federated, figures: pd.DataFrame) -> Exposure:
    federated, terms = members.seen_in(figures)
    return federated.exposure(federated.related(figures, terms), terms)


def _alone(members: Sequence[Member], figures: pd.DataFrame) -> set[CountedCell]:
    """Return the counts that the package of who hides them gives away by itself."""
    found: set[CountedCell] = set()
    for member in members:
        own = figures[figures["observatoire"] == member.name]
        found |= given_away(_together(Federated.of([member]), own))
    return found


def _remedy(together: Exposure, cell: CountedCell) -> str:
    """Name the figures that, withheld, keep a count safe, and who publishes them."""
    found = withheld_for(together, cell)
    if not found:
        return "ce qui l’entoure"
    owners = people(set().union(*(together.showing[each] for each in found)))
    return f"{found[0]}, par {owners}" if len(found) == 1 else f"plusieurs chiffres, par {owners}"


@dataclass(eq=False)
class JointSuppression:
    """What must not be shown of a federation, found when it is asked of, by what is tied and by year.

    Nothing ties a count of one thing to one of another, nor one year to the next: a question about an
    indicator has no need of the others, but where rates are lent without their terms.
    """

    members: Sequence[Member] = field(repr=False)
    engine: Engine = field(repr=False)
    _seen: dict[str, set[str]] = field(
        init=False, repr=False, default_factory=lambda: defaultdict(set)
    )
    _withheld: set[tuple[str, str, str, str]] = field(init=False, repr=False, default_factory=set)

    @property
    def unproven(self) -> bool:
        """Whether something is withheld because it was not proven, in the work that may take, to be safe."""
        return bool(self._federated.unproven)

    @cached_property
    def _federated(self) -> Federated:
        return Federated.of(self.members)

    @cached_property
    def _things_of(self) -> dict[str, set[str]]:
        """What each code counts, for those who give it."""
        things = self._federated.things
        return _gathered((code for _, code in things), things.values())

    def withheld(
        self, codes: Collection[str], periods: Collection[str]
    ) -> set[tuple[str, str, str, str]]:
        """Return what must not be shown: at least all that is so of some indicators and periods.

        What bare rates tell is weighed last, beside all counts, and none but them is withheld for it: what
        is hidden of a count does not depend on what is asked first.
        """
        things = set().union(*(self._things_of.get(code, ()) for code in codes))
        for year in sorted({period[:4] for period in periods if period}):
            if lacking := things - self._seen[year]:
                self._weigh(year, lacking)
        return self._withheld

    def _weigh(self, year: str, things: set[str]) -> None:
        """Weigh the figures of some things in a year; of all, where they are many or some rate is bare."""
        federated, terms = self._federated, None
        tied = sorted(code for code, its in self._things_of.items() if its & things)
        many = len(tied) > _FEW or any(_BAR in code for code in tied)
        if many or federated.definitions.bare:
            figures = self.engine.ask("counts", annee=year, indicateurs="")
            federated, terms = federated.seen_in(figures)
            things = set(self._federated.things.values())
        else:
            listed = _BAR.join(["", *tied, ""])
            figures = self.engine.ask("counts", annee=year, indicateurs=listed)
            figures = figures[[federated.things.get(key) in things for key in _keys(figures)]]
        gone = figures["passe"].to_numpy(dtype=bool)
        hidden = (figures["statut"] == _SECRET) & ~figures["observatoire"].isin(self._earlier)
        figures, past = figures[~gone | hidden], figures[gone & ~hidden]
        self._withhold(federated, figures, terms)
        read, remembered = self._remembered(federated, figures, past)
        if remembered:
            self._withhold(federated, read, terms, remembered)
        self._seen[year] |= things

    @cached_property
    def _earlier(self) -> dict[str, str]:
        return {member.name: member.earlier_of for member in self.members if member.earlier_of}

    def _withhold(
        self,
        federated: Federated,
        figures: pd.DataFrame,
        terms: BareTerms | None,
        remembered: Collection[CountedCell] = (),
    ) -> None:
        self._withheld |= withheld_figures(federated, figures, remembered)
        if terms is not None and len(near := federated.related(figures, terms)):
            self._withheld |= withheld_rates(federated, near, terms, self._withheld, remembered)

    def _remembered(
        self, federated: Federated, figures: pd.DataFrame, past: pd.DataFrame
    ) -> tuple[pd.DataFrame, set[CountedCell]]:
        """Return what is read by who has also read what a member showed and now hides, or gives no more.

        What it now gives instead is weighed already: it says nothing of what it was before.
        """
        key = ["observatoire", *FIGURE_KEY]
        now = pd.MultiIndex.from_frame(figures[key])
        whose = [self._earlier.get(who, who) for who in past["observatoire"]]
        owned = past.assign(observatoire=pd.Series(whose, past.index, dtype="str"))
        before = pd.MultiIndex.from_frame(owned[key])
        dark, was_dark = ((each["statut"] == _SECRET).to_numpy() for each in (figures, past))
        lost = ~was_dark & ~before.isin(now[~dark])
        known = np.array([each[1:] in self._withheld for each in now], dtype=bool) & ~dark
        read = pd.concat([figures[~known & ~now.isin(before[lost])], past[lost]])
        return read, {*federated.cells(past[lost])}


def _keys(figures: pd.DataFrame) -> list[tuple[str, str]]:
    # As objects at once: Arrow hands texts over one by one.
    given = (figures[name].to_numpy(dtype=object) for name in ("observatoire", "indicateur"))
    return list(zip(*given, strict=True))


def withheld_figures(
    federated: Federated, figures: pd.DataFrame, remembered: Collection[CountedCell] = ()
) -> set[tuple[str, str, str, str]]:
    """Return the figures to hide so that what is left gives no hidden count away.

    What one member hides is hidden of all, and so is what rests on it elsewhere: the figure of a territory
    that encloses another, shown for want of its own. Then, as long as whole-number programs find a count
    in what is left, so are the nearest figures that keep it safe. What ties counts is of one
    year: figures may be given year by year.

    Parameters
    ----------
    federated : Federated
        The members: their definitions, links and floors.
    figures : DataFrame
        The answer of ``counts.sql``, or its rows of some years.
    remembered : collection of CountedCell
        The figures that a reader has already: what they alone give away is lost.

    Raises
    ------
    SecrecyError
        When nothing that could be hidden makes a count safe.
    """
    figures = federated.related(figures)
    if figures.empty:
        return set()
    cells = np.empty(len(figures), dtype=object)
    cells[:] = federated.cells(figures)
    secret = (figures["statut"] == _SECRET).to_numpy()
    hiders = _gathered(cells[secret], figures.loc[secret, "observatoire"])
    rows = zip(records(figures), cells, strict=True)
    resting = [federated.supports(row, cell) for row, cell in rows]
    things = [federated.things[key] for key in _keys(figures)]
    complete = _complete(figures, cells, things)
    gone = np.array(
        [
            cell in hiders or _rests_on_hidden(who, found, hiders, who in complete[thing])
            for cell, who, found, thing in zip(
                cells, figures["observatoire"], resting, things, strict=True
            )
        ],
        dtype=bool,
    )
    made = federated.exposure(figures[secret | ~gone])
    made.remembered |= {*remembered}
    withheld = _withheld(made)
    gone |= np.array(
        [
            cell in withheld or not withheld.isdisjoint(found or ())
            for cell, found in zip(cells, resting, strict=True)
        ],
        dtype=bool,
    )
    return set(figures.loc[gone & ~secret, FIGURE_KEY].itertuples(index=False, name=None))


def _gathered(matters: Iterable[Matter], words: Iterable[str]) -> dict[Matter, set[str]]:
    """Return what is said of each matter: who speaks of a cell, what a code counts."""
    found: dict[Matter, set[str]] = defaultdict(set)
    for matter, word in zip(matters, words, strict=True):
        found[matter].add(word)
    return dict(found)


def _complete(
    figures: pd.DataFrame, cells: Iterable[CountedCell], things: Sequence[str]
) -> dict[str, set[str]]:
    """Return, by thing, the members who say themselves all that anybody says of it: nothing is added to theirs."""
    said: dict[str, dict[str, set[tuple[object, ...]]]] = defaultdict(lambda: defaultdict(set))
    numbers = ("statut", "valeur", "borne_basse", "borne_haute")
    texts = (figures[name].astype("str").tolist() for name in numbers)
    for thing, who, *row in zip(things, figures["observatoire"], cells, *texts, strict=True):
        said[thing][who].add(tuple(row))
    return {
        thing: {who for who, rows in each.items() if rows == set().union(*each.values())}
        for thing, each in said.items()
    }


def _rests_on_hidden(
    who: str,
    supports: Sequence[CountedCell] | None,
    hiders: dict[CountedCell, set[str]],
    complete: bool,  # noqa: FBT001 - what is known of the member
) -> bool:
    """Say whether a figure may rest on what another member hides: its own, its package has weighed.

    Of a figure shown for want of its own, nobody says whose it is, and a reader who guesses puts it beside
    what others show of the same thing: unless its package says all of it (``complete``), and has weighed it.
    """
    if supports is None:
        return not complete
    return any(hiders.get(cell, {who}) != {who} for cell in supports)


def _withheld(made: Exposure) -> set[CountedCell]:
    """Return the figures to withhold, the fewest that are found, so that every hidden count is safe."""
    # What a rate hides and another member counts is no more shown than what a count hides.
    direct = set(made.hiding) & set(made.given)
    for cell in direct:
        del made.given[cell]
    withheld: list[CountedCell] = []
    for cell in sorted(given_away(made)):
        more = withheld_for(made, cell, withheld)
        if more is None and not made.remembered:
            raise SecrecyError(
                f"Réunis, ces paquets dévoilent un effectif masqué : {cell}.",
                why="Rien de ce qu’on saurait retirer de la page ne suffit à le protéger.",
                remedy="f.audit() dit qui doit retirer quoi ; fédérez ensuite les paquets corrigés.",
            )
        withheld += more or []
    return direct | set(spared(made, made.hidden, withheld))


def withheld_rates(
    federated: Federated,
    figures: pd.DataFrame,
    terms: BareTerms,
    withheld: Collection[tuple[str, str, str, str]],
    remembered: Collection[CountedCell] = (),
) -> set[tuple[str, str, str, str]]:
    """Return the bare rates to hide, so that they give no hidden count away with what else is left.

    Parameters
    ----------
    federated : Federated
        The members: their definitions, links and floors.
    figures : DataFrame
        Bare rates, and all that is tied to them: :meth:`Federated.related`.
    terms : BareTerms
        What each may be out of: :meth:`Federated.seen_in`.
    withheld : collection of tuple
        The figures that are hidden already.
    remembered : collection of CountedCell
        As :func:`withheld_figures`.
    """
    cells = np.empty(len(figures), dtype=object)
    cells[:] = federated.cells(figures)
    keys = figures[FIGURE_KEY].itertuples(index=False, name=None)
    gone = np.array([key in withheld for key in keys], dtype=bool)
    secret = (figures["statut"] == _SECRET).to_numpy()
    same = np.isin(cells, [*set(cells[secret])])
    made = federated.exposure(figures[secret | ~(gone & same)], terms)
    made.remembered |= {*remembered}
    made.loose = federated.definitions.bare
    without = [*dict.fromkeys(cells[gone & ~same])]
    touched = made.touched_by(made.loose, without) & made.hidden
    more: list[CountedCell] = []
    for cell in sorted(given_away(made, touched, without)):
        found = withheld_for(made, cell, [*without, *more])
        # Where nothing suffices, it is not by rates: all those that bear on it are withheld nonetheless.
        more += made.near(made.piece(cell, [*without, *more]).facts) if found is None else found
    dark = set(spared(made, touched, more, without))
    hidden = np.array([cell in dark for cell in cells], dtype=bool)
    return set(figures.loc[hidden & ~secret, FIGURE_KEY].itertuples(index=False, name=None))
