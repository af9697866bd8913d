"""What a workspace's own published totals teach of the parts of a territory: calibrations of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.declarations.reader import toml_table
from observatoire.declarations.writer import key, lines
from observatoire.errors import PassageError
from observatoire.french.typography import enumerate_words, plural
from observatoire.indicators.computation.figures import Figures, lay_out
from observatoire.indicators.computation.predictions import at_scale, kind_of
from observatoire.indicators.query import read_observations
from observatoire.indicators.routes.published_counts import part_supports
from observatoire.passage.conformal import LEAST, learn
from observatoire.passage.prediction import WHOLE
from observatoire.swap import new_file
from observatoire.values import Status

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator


#: What is said of each indicator that could teach.
LESSON_COLUMNS = ("indicator", "label", "period", "places", "held_80", "held_95", "note")

_COPIED_MOST = 0.5  # of parts whose figure is that of their whole: it is not their own
_SHARES_MOST = 1.05  # a part above its whole is of another date, or of other people
_HELD_LEAST = 0.7  # share of places left out that an interval at 80 % must hold to be kept
_SUPPORTS = ["social", "log_people"]
_HEAD = """# Ce qu’ont appris les chiffres publiés de cet espace de travail, avant ce que la bibliothèque fournit.
# Se refait par la commande dite à chaque entrée."""


@dataclass(frozen=True)
class Lesson:
    """The published figures of parts and of their wholes, one row a part, and when.

    ``aside``: how many more are published of which nothing can be learnt.
    """

    indicator: Indicator
    period: str
    pairs: pd.DataFrame
    aside: int

    def refusal(self) -> str:
        """Say why it teaches nothing, empty when it may."""
        pairs = self.pairs
        if len(pairs) < LEAST:
            return f"{plural(len(pairs), 'territoire')} : il en faut {LEAST}"
        if (inside := pairs["holder"].nunique()) < LEAST:
            return f"ils tiennent dans {plural(inside, 'territoire')} : il en faut {LEAST}"
        if (pairs["part"] == pairs["whole"]).mean() > _COPIED_MOST:
            return "le chiffre de la partie est recopié de son tout"
        return ""

    def held(self, learnt: Mapping[str, object]) -> tuple[float, float]:
        """Return the shares that intervals hold, what is set aside having fallen outside."""
        tight, wide = np.asarray(learnt["held"], dtype=float)
        kept = len(self.pairs) / (len(self.pairs) + self.aside)
        return round(float(tight * kept), 3), round(float(wide * kept), 3)


def learn_parts(
    context: Context, zoning: str, source: str | None, codes: Iterable[str], today: dt.date
) -> tuple[dict[str, dict[str, object]], pd.DataFrame]:
    """Learn from territories of a zoning that lie each in one territory of another.

    Parameters
    ----------
    zoning, source, codes
        As :meth:`~observatoire.observatory.tables.Tables.calibrate`.

    Returns
    -------
    tuple of dict and DataFrame
        Calibrations by code, as ``calibration.toml`` keeps them; what each indicator taught, columns
        ``LESSON_COLUMNS``, with why it taught nothing.

    Raises
    ------
    PassageError
        When no indicator is published of enough territories.
    """
    source, holders = _holders(context, zoning, source)
    found: dict[str, dict[str, object]] = {}
    said: list[tuple[object, ...]] = []
    supports = part_supports(context.warehouse, source, context.kept())
    label = context.workspace.zoning(zoning).label
    about = {
        "on": f"territoires de « {label} » publiés dans cet espace de travail",
        "date": today.isoformat(),
        "command": f"observatoire calibrate {zoning} --source {source}",
    }
    for lesson in _lessons(context, zoning, source, holders, list(codes)):
        row = (lesson.indicator.code, lesson.indicator.label, lesson.period, len(lesson.pairs))
        if why := lesson.refusal():
            said.append((*row, np.nan, np.nan, why))
            continue
        made = _entries(lesson, supports)
        taught = [each for each in lesson.indicator.sources if each in context.secrecy_rules]
        kept = {
            code: {**each, **about, "sources": taught}
            for code, each in made.items()
            if np.asarray(each["held"], dtype=float)[0] >= _HELD_LEAST
        }
        best = next(iter((kept or made).values()))
        tight, wide = (float(share) for share in np.ravel(np.asarray(best["held"], dtype=float)))
        why = "" if kept else "les territoires laissés ou mis de côté tombent trop souvent dehors"
        said.append((*row, tight, wide, why))
        found |= kept
    table = pd.DataFrame(said, columns=list(LESSON_COLUMNS))
    if not found:
        raise _refused(table, zoning, source, len(holders))
    return found, table


def write_calibrations(context: Context, found: Mapping[str, Mapping[str, object]]) -> None:
    """Write what was learnt in the workspace, in place of what it had learnt of the same things."""
    path = context.own_calibrations
    former = toml_table(path).get("calibrations", {}) if path.is_file() else {}
    # What is learnt now comes first: of two that serve, the first is used.
    together = {**found, **{code: each for code, each in former.items() if code not in found}}
    blocks = [
        f"[calibrations.{key(code)}]\n"
        + lines({name: _rounded(content) for name, content in each.items()})
        for code, each in together.items()
    ]
    with new_file(path) as draft:
        draft.write_text("\n\n".join([_HEAD, *blocks]) + "\n", encoding="utf-8")


def _rounded(content: object) -> object:
    """Return what is written of a content: lists for tuples, and numbers of four decimals."""
    if isinstance(content, list | tuple):
        return [_rounded(each) for each in content]
    return round(content, 4) if isinstance(content, float) else content


def _holders(context: Context, zoning: str, source: str | None) -> tuple[str, dict[str, str]]:
    """Return a zoning, and which of its territories holds each of another that is a part of one."""
    for each in (zoning, *([source] if source else [])):
        context.workspace.zoning(each)
    found: dict[str, dict[str, str]] = {}
    for route in context.routes(zoning):
        if source in (None, route.source):
            found.setdefault(route.source, {}).update(route.enclosing)
    if not found:
        raise PassageError(
            f"Aucun passage{f' de « {source} »' if source else ''} vers « {zoning} ».",
            remedy="Déclarez-le par une table [[passages]] dans observatoire.toml.",
        )
    return max(found.items(), key=lambda each: len(each[1]))


def _lessons(
    context: Context, zoning: str, source: str, holders: Mapping[str, str], codes: list[str]
) -> Iterable[Lesson]:
    """Give, by indicator, its figures at the period that has the most parts, the latest of those."""
    kept = context.kept()
    chosen = {
        indicator.code: indicator
        for indicator in context.catalogue
        if (not codes or indicator.code in codes) and not set(indicator.sources) & set(kept)
    }
    best: dict[str, Lesson] = {}
    on_both = [context.periods_reaching(zoning), context.periods_reaching(source)]
    dated = {code: sorted({*on_both[0][code]} & {*on_both[1][code]}) for code in chosen}
    for period in sorted({each for periods in dated.values() for each in periods}):
        when = {code: period for code in chosen if period in dated[code]}
        figures = lay_out(read_observations(context, list(when.items())))
        if zoning not in figures or source not in figures:
            continue
        for code in when:
            part, whole = (_own(figures[each], chosen[code], period) for each in (zoning, source))
            pairs = pd.DataFrame(
                {"part": part.reindex(list(holders)), "holder": pd.Series(holders, dtype=object)}
            )
            pairs["whole"] = pairs["holder"].map(whole)
            pairs = pairs.dropna()
            possible = _possible(pairs, kind_of(chosen[code]))
            if len(possible) and len(possible) >= len(best[code].pairs if code in best else ()):
                aside = len(pairs) - len(possible)
                best[code] = Lesson(chosen[code], period, possible, aside)
    return best.values()


def _own(figures: Figures, indicator: Indicator, period: str) -> pd.Series[float]:
    """Return an indicator where its figures are given, none being hidden."""
    found = figures.found(indicator, period)
    if found is None:
        return pd.Series(dtype=float)
    keys, base, worst = found
    codes = [code for code, status in worst.items() if status == str(Status.OBSERVED)]
    top = figures.total(keys, codes)
    return (top / figures.total(base, codes) if base else top) * indicator.factor


def _possible(pairs: pd.DataFrame, kind: str) -> pd.DataFrame:
    if kind == "rate":
        # A share of an income net of taxes may be out of 0 to 100 %: it has no logit.
        return pairs[(pairs["part"].between(0, 100)) & (pairs["whole"].between(0, 100))]
    if kind == "level":
        return pairs[pairs[["part", "whole"]].gt(0).all(axis=1)]
    # A part that counts nobody teaches as much as another.
    shared = pairs[(pairs["part"] >= 0) & (pairs["whole"] > 0)]
    return shared[shared["part"] <= _SHARES_MOST * shared["whole"]]


def _entries(
    lesson: Lesson, supports: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, object]]:
    """Return what the pairs of an indicator teach: with what supports them, then of themselves."""
    indicator, pairs, kind = lesson.indicator, lesson.pairs, kind_of(lesson.indicator)
    entry = {
        "kind": kind,
        "numerator": _patterns(indicator.at(indicator.top, lesson.period), lesson.period),
        "denominator": _patterns(indicator.at(indicator.denominator, lesson.period), lesson.period),
    }
    if kind != "part":
        scale = 100.0 if kind == "rate" else 1.0
        given = pd.DataFrame({WHOLE: [at_scale(kind, figure) for figure in pairs["whole"]]})
        learnt = learn(
            (pairs["part"] / scale).to_numpy(),
            given,
            level=kind == "level",
            holders=pairs["holder"],
        )
        return {f"{kind}-{indicator.code}": entry | dict(learnt) | {"held": lesson.held(learnt)}}
    shares = np.minimum((pairs["part"] / pairs["whole"]).to_numpy(), 1.0)
    known = pd.DataFrame(
        [dict(supports.get(holder, {})) for holder in pairs["holder"]], columns=_SUPPORTS
    )
    made = {}
    full = known.notna().all(axis=1).to_numpy()
    if pairs["holder"][full].nunique() >= LEAST:
        made[""] = learn(shares[full], known[full], holders=pairs["holder"][full])
    made["-alone"] = learn(shares, known.loc[:, []], holders=pairs["holder"])
    return {
        f"part-{indicator.code}{suffix}": entry | dict(each) | {"held": lesson.held(each)}
        for suffix, each in made.items()
    }


def _patterns(names: Iterable[str], period: str) -> tuple[str, ...]:
    """Return the patterns of names whatever their year.

    Examples
    --------
    >>> _patterns(["P16_POP0014", "DEC_MED16", "moyLoy"], "2016")
    ('*POP0014', 'DEC_MED*', 'moyLoy')
    """
    year = period[2:4]
    dated = re.compile(rf"^[A-Za-z]{year}_|(?<=\D){year}$")
    return tuple(dated.sub("*", name) for name in names)


def _refused(table: pd.DataFrame, zoning: str, source: str, inside: int) -> PassageError:
    most = int(table["places"].max()) if len(table) else 0
    notes = table.loc[table["places"] >= LEAST, "note"].unique().tolist()
    return PassageError(
        f"Rien ne s’apprend de « {zoning} » : {plural(inside, 'territoire')} dans un seul de « {source} », "
        f"{most} au plus avec un chiffre publié des deux côtés"
        f"{f' ({enumerate_words(notes)})' if notes else ''}.",
        why=f"Un intervalle s’apprend d’au moins {LEAST} territoires dont la partie et le tout sont publiés, "
        "la même année.",
        remedy="Chargez les chiffres publiés de ces territoires, ou gardez les calibrations fournies.",
    )
