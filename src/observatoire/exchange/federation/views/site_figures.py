"""The figures of sites as pages admit them: who answers, what is withheld, what earlier dates were."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors.arguments import check_known, names_in, one_period
from observatoire.exchange.federation.answers import FederationAnswers, in_short
from observatoire.french.typography import capital, day
from observatoire.sources.descriptors.agreement import current_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from observatoire.exchange.federation.views.figures import Answers, Imprint
    from observatoire.maps import BaseMap
    from observatoire.panels.drawings.bearings import Bearings
    from observatoire.secrecy.release.protected_table import ProtectedTable


def shared_zoning(observed: pd.DataFrame, codes: Sequence[str], mains: Sequence[str] = ()) -> str:
    """Return the zoning that the most members call theirs, then observe, then that of the most figures.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", "q", "i", 4), ("b", "q", "i", 4), ("a", "c", "i", 90)]
    >>> frame = pd.DataFrame(rows, columns=["observatoire", "zonage", "indicateur", "connus"])
    >>> shared_zoning(frame, ["i"]), shared_zoning(frame, ["i"], ["c", "iris"])
    ('q', 'c')
    """
    asked = observed[observed["indicateur"].isin(list(codes))]
    found = asked.groupby("zonage").agg(
        members=("observatoire", "nunique"), known=("connus", "sum")
    )
    found = found.assign(theirs=[list(mains).count(zoning) for zoning in found.index])
    best = found.sort_values(["theirs", "members", "known"], ascending=False, kind="stable")
    return str(best.index[0]) if len(best) else ""


def shared_period(observed: pd.DataFrame, code: str, zoning: str) -> str:
    """Return the latest of the periods that the most members have: what may be compared.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", "q", "i", "2016"), ("b", "q", "i", "2016"), ("a", "q", "i", "2017")]
    >>> frame = pd.DataFrame(rows, columns=["observatoire", "zonage", "indicateur", "periode"])
    >>> shared_period(frame, "i", "q")
    '2016'
    """
    asked = observed[(observed["indicateur"] == code) & (observed["zonage"] == zoning)]
    members = asked.groupby("periode")["observatoire"].nunique()
    return str(members.index[members == members.max()].max()) if len(members) else ""


@dataclass(eq=False)
class SiteFigures(FederationAnswers):
    """What several observatories answer, as pages admit it."""

    @property
    def _imprint(self) -> Imprint:
        from observatoire.exchange.federation.views.figures import Imprint

        return Imprint(self.title or "Fédération", day(current_day()))

    def _answers(
        self, codes: Sequence[str], period: int | str | None, zoning: str | None
    ) -> Answers:
        """Return what is shown of some indicators, with what must be withheld of it."""
        observed = self._observed
        mains = [str(member.descriptor["observatoire"].get("zonage")) for member in self.members]
        where = self._among("zonage", zoning) if zoning else shared_zoning(observed, codes, mains)
        when = one_period(period)
        given = "" if when is None else self._among("periode", str(when))
        return self._at(
            where, {code: given or shared_period(observed, code, where) for code in codes}
        )

    def _shown(
        self, codes: Sequence[str], period: int | str | None, zoning: str | None
    ) -> tuple[ProtectedTable, dict[str, str]]:
        """Return some indicators as pages admit them, and whose figures of each territory they are."""
        from observatoire.exchange.federation.views.figures import protected_answers

        found = self._answers(codes, period, zoning)
        return protected_answers(found, self._said), found.holders

    def _at(
        self,
        where: str,
        periods: Mapping[str, str],
        owners: Mapping[tuple[str, str], str] | None = None,
    ) -> Answers:
        """Return what is shown of indicators, each at its period."""
        from observatoire.exchange.federation.views.figures import Answers

        asked = [
            self.engine.ask("values", indicateur=code, zonage=where, periode=each)
            for code, each in periods.items()
            if each
        ]
        values = pd.concat(
            asked or [self.engine.ask("values", indicateur="?", zonage="?", periode="?")]
        )
        zones = self._zones[self._zones["zonage"] == where]
        names = dict(zip(zones["territoire"], zones["nom"], strict=True))
        names |= dict(zip(values["territoire"], values["nom"], strict=True))
        return Answers(
            rows=values,
            definitions=self.indicators,
            verdicts=self._verdicts,
            titles=self.titles,
            names=names,
            zoning=where,
            periods=periods,
            withheld=self._withheld(
                set(values["indicateur"].unique()), {each for each in periods.values() if each}
            ),
            zonings=self.zonings,
            owners=owners,
        )

    def _bearings(
        self,
        codes: Sequence[str],
        period: int | str | None,
        zoning: str | None,
        *,
        followed: bool = True,
    ) -> Bearings:
        """Place the figures of sites among the others, with those of earlier dates where they are followed."""
        from observatoire.exchange.federation.views.figures import (
            federation_course,
            protected_answers,
        )
        from observatoire.panels.drawings.bearings import Bearings

        latest = self._answers(codes, period, zoning)
        observed = self._observed[self._observed["zonage"] == latest.zoning]
        dated = defaultdict(list)
        for code, each in sorted(
            set(zip(observed["indicateur"], observed["periode"], strict=True))
        ):
            if followed and latest.periods.get(code, "") >= each:
                dated[code].append(each)
        owned = replace(latest, owners=latest.owned())
        before = [
            self._at(latest.zoning, when, owned.owners)
            for rank in range(2, max(map(len, dated.values()), default=0) + 1)
            if (when := {c: each[-rank] for c, each in dated.items() if rank <= len(each)})
        ]
        return Bearings(
            protected_answers(owned, self._said),
            latest.holders,
            tuple(protected_answers(each, ()) for each in before),
            {
                code: federation_course(code, each, observed, self.indicators)
                for code, each in dated.items()
                if len(each) > 1
            },
        )

    @cached_property
    def _zones(self) -> gpd.GeoDataFrame:
        from observatoire.exchange.federation.views.ground import zone_rows

        return zone_rows(self.members)

    def _ground(self, zoning: str) -> BaseMap:
        from observatoire.exchange.federation.views.ground import base_map

        return base_map(self._zones, zoning)

    @cached_property
    def _headings(self) -> dict[str, str]:
        """What headings are called: by the packages, or by their code."""
        codes = set(self.indicators["thematique"])
        return {code: self.themes.get(code) or capital(code or "sans thématique") for code in codes}

    @property
    def _said(self) -> tuple[str, ...]:
        """What a page of it must say: of agreements, and what each package warns of."""
        given = (member.descriptor.get("avertissements") for member in self.members)
        warned = [in_short(each) for texts in given if isinstance(texts, list) for each in texts]
        return tuple(dict.fromkeys([*self.warnings, *warned]))

    def _asked(self, given: Sequence[str], call: str, theme: str | None = None) -> list[str]:
        """Return the indicators that are asked for by their codes, or else by their heading."""
        asked = names_in(given, "indicateurs", 'indicators=["part_hlm"]')
        return [self._code(each, call) for each in asked] or self._of_theme(theme)

    def _of_theme(self, theme: str | None) -> list[str]:
        """Return the indicators of a heading, or all of them."""
        once = self.indicators.drop_duplicates("indicateur")
        if theme is None:
            return list(once["indicateur"])
        known = sorted(set(once["thematique"]))
        check_known(theme, known, f"Aucun paquet n’a de thématique « {theme} ».")
        return list(once.loc[once["thematique"] == theme, "indicateur"])
