"""Say what the columns of a table are: the ``source.toml`` that a file would have."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.descriptor import Markers
from observatoire.sources.numbers import parse_numbers
from observatoire.sources.periods import period_in
from observatoire.sources.signs import signs
from observatoire.sources.writing import Plan
from observatoire.values import Nature, is_period

if TYPE_CHECKING:
    from observatoire.sources.detecting import Found
    from observatoire.territories.names import Matcher

#: A column is one of figures when half its cells are numbers.
_HALF = 0.5


def plan_of(found: Found, period: str, matcher: Matcher) -> Plan:
    """Return what a ``source.toml`` would say of a table.

    Parameters
    ----------
    found : Found
        The table.
    period : str
        The period told; empty to find it.
    matcher : Matcher
        The territories of its zoning.
    """
    plan = _family_plan(found) if found.family else _stranger_plan(found, matcher)
    spec = found.spec
    told = plan.file.get("period_column") or period or plan.file.get("period", "")
    plan.file = {
        "name": spec.name,
        "layout": spec.layout,
        "territory": spec.territory,
        "separator": spec.separator,
        "encoding": spec.encoding.removesuffix("-sig"),
        "sheet": spec.sheet,
        "member": spec.member,
        "header": spec.header,
        **plan.file,
        "period": "" if plan.file.get("period_column") else told,
    }
    return plan


def _family_plan(found: Found) -> Plan:
    family, spec, header = found.family, found.spec, [str(c) for c in found.table.frame.columns]
    assert family is not None  # noqa: S101 - the caller has checked
    roles = set(spec.role_columns)
    period = family.period_of(header, found.titles, found.table.path.stem + found.table.member)
    if spec.layout == "long":
        names = sorted(found.table.frame[spec.variable_column].str.strip().unique())
    else:
        names = [one for one in header if one not in roles and family.measure(one) is not None]
    variables: dict[str, dict[str, object]] = {}
    for name in names:
        measure = family.measure(name)
        if measure is not None and name:
            variables[name] = {
                "label": family.label(name),
                "nature": str(measure.nature),
                "unit": measure.unit,
                "universe": measure.universe,
                "exploitation": measure.exploitation,
            }
    told = spec.period_column or period
    return Plan(
        head={
            "title": re.sub(r"\s+([,)])", r"\1", family.title.replace("{period}", period))
            if told != spec.period_column
            else " ".join(family.title.replace("{period}", "").split()),
            "producer": family.producer,
            "licence": family.licence,
            "page": family.page,
            "zoning": found.zoning,
            "absence": family.absence,
            "caveats": list(family.caveats),
        },
        file={
            "period": period,
            "period_column": spec.period_column,
            "period_form": spec.period_form,
            "variable_column": spec.variable_column,
            "value_column": spec.value_column,
            "ignored": [one for one in header if one not in roles and one not in variables]
            if spec.layout == "wide"
            else [],
        },
        markers=dict(family.markers),
        secrecy=dict(family.secrecy),
        variables=variables,
    )


def _stranger_plan(found: Found, matcher: Matcher) -> Plan:
    frame, spec = found.table.frame, found.spec
    mine = frame[frame[spec.territory].str.strip().map(lambda text: bool(matcher.find(text)))]
    plan = Plan()
    ignored, used = [], Counter[str]()
    period_column = ""
    for name in map(str, frame.columns):
        if name == spec.territory:
            continue
        if not name:  # there may be several: nothing tells them apart
            ignored += [] if "" in ignored else [""]
            continue
        cells = mine[name].str.strip()
        filled = cells[cells != ""]
        if signs().is_period(name) and len(filled) and filled.map(_year).all():
            period_column = period_column or name
            continue
        if filled.empty or _names_place(name, filled, matcher):
            ignored.append(name)
            continue
        told, doubt, found_signs = _measured(name, filled)
        if told is None:
            ignored.append(name)
            continue
        plan.variables[name] = told
        if doubt:
            plan.doubts[name] = doubt
        used.update(found_signs)
    plan.markers = {
        kind: sorted(sign for sign in used if signs().meaning(sign) == kind)
        for kind in ("secret", "missing", "not_applicable")
    }
    plan.head = {
        "title": _title(found),
        "producer": "à préciser",
        "licence": "à préciser",
        "zoning": found.zoning,
        "absence": "non transmis par le partenaire",
    }
    plan.file = {**_periods(found, list(plan.variables), period_column), "ignored": ignored}
    return plan


def _year(text: str) -> bool:
    return is_period(text.removesuffix(".0"))


def _names_place(name: str, filled: pd.Series, matcher: Matcher) -> bool:
    """Say whether a column names or places territories: by its title, or by what it holds."""
    return signs().is_label(name) or bool(filled.map(lambda text: bool(matcher.find(text))).all())


def _title(found: Found) -> str:
    told = " ".join(found.titles.removeprefix(found.table.sheet).split())[:120].strip()
    return told or found.table.path.stem.replace("_", " ").replace("-", " ")


def _periods(found: Found, names: list[str], period_column: str) -> dict[str, object]:
    """Return where the period is told: a column, the names of columns, the titles, the file's name."""
    if period_column:
        return {"period_column": period_column}
    own = {name: told for name in names if (told := period_in(name))}
    years = sorted(set(own.values()))
    around = next(
        (told for text in (found.table.path.stem, found.table.member, found.titles)
         if (told := period_in(text))), "",
    )  # fmt: skip
    if len(years) > 1:
        span = f"{years[0][:4]}-{years[-1][:4]}"
        return {"period": around or span, "periods": own}
    return {"period": years[0] if years else around}


def _measured(name: str, filled: pd.Series) -> tuple[dict[str, object] | None, str, list[str]]:
    """Return what a column of figures measures, what is doubtful in it, and the signs it holds."""
    texts_told = [str(text) for text in filled.unique()]
    found_signs = [text for text in texts_told if signs().meaning(text)]
    marks = Markers(secret=tuple(found_signs))
    bare = pd.Series([text.removesuffix("%").strip() for text in texts_told], dtype="str")
    numbers = parse_numbers(bare, marks, nature=Nature.COUNT)
    figures = numbers.value.notna() | numbers.low.notna()
    readable = figures | (numbers.marker != "")
    if not figures.any() or readable.mean() < _HALF:
        return None, "", []
    percent = any("%" in text for text in texts_told) or "%" in name
    values = numbers.value.dropna()
    whole = bool((values == values.round()).all() and (values >= 0).all())
    nature = signs().nature(name) or (Nature.RATE if percent else None)
    if nature is None and numbers.low.notna().any():
        nature = Nature.COUNT  # « <5 » is written of people, not of an index
    doubt = ""
    if nature is None:
        plain = not re.search(r"[A-Za-z][0-9]", name)
        nature = Nature.COUNT if whole and plain else Nature.INDEX
        doubt = (
            "nature à vérifier"
            if nature is Nature.COUNT
            else "nature à préciser : count, amount, rate, median, mean ou index"
        )
    big = bool((values > 1.5).any())  # noqa: PLR2004 - a share is at most one
    units = {
        Nature.RATE: "%" if percent or big else "part",
        Nature.AMOUNT: "euros" if re.search("€|euro|montant", name, re.IGNORECASE) else "",
    }
    label = " ".join(name.split())
    return (
        {"label": label, "nature": str(nature), "unit": units.get(nature, "")},
        doubt,
        found_signs,
    )
