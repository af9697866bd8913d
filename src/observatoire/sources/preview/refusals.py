"""Why a file that nothing describes is refused, in words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import DescriptorError, ObservatoireError
from observatoire.french.typography import enumerate_words
from observatoire.sources.inference.diagnosis import no_figure
from observatoire.sources.parsers.periods import read_periods
from observatoire.sources.parsers.stated_periods import CITED, MIDDLE, NOTED, RANKED, name_period
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.sources.places.code_repair import place_of
from observatoire.sources.places.communes import (
    contrary_column,
    is_wide,
    level_of,
    named,
    ours,
    town_titled,
)
from observatoire.sources.places.unplaced_rows import OTHER_COMMUNE
from observatoire.sources.preview.column_refusals import unclear_figures
from observatoire.sources.tables.header import column_letter
from observatoire.territories.spelling import simplify
from observatoire.values import is_period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from observatoire.sources.inference.draft import SourceDraft
    from observatoire.sources.inference.table_finder import Found
    from observatoire.sources.inference.table_periods import Statement
    from observatoire.sources.observations.parsed import Parsed
    from observatoire.territories.matcher import Matcher


#: Why a candidate is not taken, though it may well be the period.
_POSSIBLE = (CITED, MIDDLE, NOTED, RANKED)

#: So many candidates are named in one question.
_CITED = 4


def other_town(
    found: Found, towns: Matcher, zonings: Mapping[str, Matcher], commune_column: str
) -> DescriptorError | None:
    """Refuse a table that names its territories, under a title of a commune that is none of theirs.

    Its « Centre-ville » is not ours. Codes bear no namesake, and a column of communes tells better.

    Parameters
    ----------
    found : Found
        The table.
    towns : Matcher
        The communes observed.
    zonings : mapping of str to Matcher
        The territories known.
    commune_column : str
        The column that tells the commune of each row, if any does.
    """
    matcher = zonings[found.zoning]
    parts = any(code != town for code, town in matcher.communes.items())
    if not parts or not named(towns) or commune_column:
        return None
    texts = found.table.frame[found.spec.territory].str.strip().unique()
    named_rows = [text for text in texts if text not in matcher.names and matcher.matches(text)]
    for title in found.titles.split("\n") if named_rows else ():
        name = town_titled(title)
        code = ours(name, towns)
        if name and not code and not any(known.matches(name) for known in zonings.values()):
            what = f"est d’une commune qui n’est pas de cet espace de travail : « {name} »"
            return _refused(found, title, what, f"« {named_rows[0]} » y serait pris pour le vôtre.")
        strange = code and _strange(named_rows, code, matcher)
        if strange and not _names_other([found.titles, *texts], code, towns):
            why = f"« {strange} » n’est pas de cette commune : c’est peut-être un homonyme."
            return _refused(found, title, f"est de la commune « {towns.names[code]} »", why)
    return None


def _strange(rows: Iterable[str], town: str, matcher: Matcher) -> str:
    """Return the first row of which no bearer lies in a commune, an empty text when all may."""
    homes = {
        text: {matcher.communes.get(code, town) for code in matcher.matches(text)} for text in rows
    }
    return next((text for text, codes in homes.items() if town not in codes), "")


def _names_other(texts: Iterable[str], town: str, towns: Matcher) -> bool:
    """Say whether titles or rows name another commune of ours: « Ville de Fort-de-France et Le Lamentin »."""
    others = [f" {simplify(name)} " for code, name in towns.names.items() if code != town]
    texts_plain = [f" {simplify(text)} " for text in texts]
    return any(name in text for name in others for text in texts_plain)


def _refused(found: Found, title: str, what: str, why: str) -> DescriptorError:
    sheet = f", feuille « {found.table.sheet} »" if found.table.sheet else ""
    return DescriptorError(
        f"Le titre de ce tableau, « {' '.join(title.split())[:80]} », {what}.",
        where=f"{found.table.name}{sheet}",
        why=why,
        remedy="Si toutes les lignes sont bien des vôtres, retirez ce titre ou corrigez-le ; ou écrivez le "
        "source.toml (o.preview(…).write(), ou --write), relisez-le et chargez le dossier. Si le tableau couvre "
        "plusieurs communes, écrivez celle de chaque ligne dans une colonne « Commune ».",
    )


def _not_figures(found: Found) -> ObservatoireError:
    family = found.family
    assert family is not None  # noqa: S101 - the caller has checked
    return DescriptorError(
        f"Ce fichier décrit des territoires ({family.title.split(',')[0].lower()}) : il ne les mesure pas.",
        where=found.table.name,
        why="Il n’y a aucun chiffre à charger.",
        remedy="Il sert à dire les membres d’un zonage : colonnes code, nom, commune, dans un csv "
        'nommé par « members = "geo/…csv" ».',
    )


def missing_answer(found: Found, plan: SourceDraft) -> ObservatoireError | None:
    """Return what is still to be answered before the file can be loaded."""
    name, where = found.table.name, found.spec.territory
    if not plan.variables:
        placed = {
            where,
            plan.file.get("commune_column"),
        }  # who says the commune measures nothing either
        columns = [str(column) for column in found.table.frame.columns if column not in placed]
        return no_figure(columns, plan.labels, plan.words, name, where)
    unclear = unclear_figures(found, plan)
    if unclear is not None:
        return unclear
    if plan.conflict is not None:
        return _disagreement(found, *plan.conflict)
    if not plan.file.get("period") and not plan.file.get("period_column"):
        return _undated(found, plan)
    return None


_ANSWER = (
    'Dites-la : o.load(…, period="{0}") ou o.preview(…, period="{0}") ; en ligne de commande, '
    "--period {0}{1}."
)
_CHOICE = (
    'Dites laquelle : period="{2}" ou period="{0}", dans o.load(…) ou o.preview(…) ; en ligne de commande, '
    "--period {2} ou --period {0}{1}."
)
_OWN = ". Si une colonne a la sienne, [files.periods] la dit dans source.toml (o.preview(…).write(), ou --write)"


def _undated(found: Found, plan: SourceDraft) -> DescriptorError:
    """Ask the period of a file, each one that stands in it named, with why it is not taken."""
    seen = {(one.period, one.text): one for one in plan.candidates}
    cited = [
        f"« {one.period} » se lit dans « {' '.join(one.text.split())[:60]} » : {one.why}."
        for one in list(seen.values())[:_CITED]
    ]
    columns = any(one.text in (*plan.variables, *plan.columns) for one in plan.candidates)
    more = (
        " ; pour une période par colonne, écrivez le source.toml (o.preview(…).write(), ou --write) : celle du "
        'fichier dans [[files]] (period = "2015-2016"), celle de chaque colonne sous [files.periods]'
    )
    example = next((one.period for one in plan.candidates if one.why in _POSSIBLE), "2016")
    return DescriptorError(
        f"On ne sait pas à quelle période se rapporte « {found.table.name} ».",
        where=found.table.name,
        why=" ".join(cited) or "Ni le nom du fichier, ni son titre, ni ses colonnes ne le disent.",
        remedy=_ANSWER.format(example, more if columns else ""),
        candidates=[one.period for one in seen.values()],
    )


def _disagreement(found: Found, first: Statement, second: Statement) -> DescriptorError:
    """Refuse a file of which two places say two periods; what a column says of itself, nothing else unsays."""
    answer = _ANSWER if second.where.startswith("la colonne") else _CHOICE
    return DescriptorError(
        f"Deux endroits disent deux périodes : {first.period} ({first.where}) et {second.period} "
        f"({second.where}).",
        where=found.table.name,
        why="On ne sait de laquelle sont les chiffres.",
        remedy=answer.format(second.period, _OWN, first.period),
        candidates=[first.period, second.period],
    )


def _two_periods(found: Found, plan: SourceDraft, asked: str) -> DescriptorError | None:
    """Refuse a sheet whose name says another period than the one its figures would be given."""
    sheet, read = found.spec.sheet, str(plan.file.get("period", ""))
    own = read_periods(pd.Series([sheet]))[0]
    own = own if is_period(own) or asked else name_period(sheet).period
    known = found.family is not None or bool(plan.file.get("periods"))
    if known or not read or not is_period(own) or own.startswith(read) or read.startswith(own):
        return None
    origin = "Vous dites" if asked else "Le nom du fichier, ou son titre, dit"
    return DescriptorError(
        f"La feuille lue, « {sheet} », n’est pas de la période {read}.",
        where=f"{found.table.name}, feuille « {sheet} »",
        why=f"{origin} {read}, le nom de la feuille {own} : ses chiffres seraient ceux d’une autre période.",
        remedy=f'Si c’est elle que vous voulez : period="{own}" (en ligne de commande, --period {own}). '
        f'Sinon o.preview(…, period="{own}").write() écrit son source.toml : corrigez-y sheet et period.',
    )


def _other_sheet(found: Found, plan: SourceDraft) -> DescriptorError | None:
    """Refuse a sheet of no period (« Anciens ») beside one that says the period of the file."""
    sheet, period = found.spec.sheet, str(plan.file.get("period", ""))
    dated_sheet = next(
        (name for name in found.others if period and name_period(name).period == period), ""
    )
    if not dated_sheet or name_period(sheet).period or plan.file.get("periods"):
        return None
    return DescriptorError(
        f"La feuille lue serait « {sheet} », et c’est « {dated_sheet} » qui dit la période {period}.",
        where=f"{found.table.name}, feuille « {sheet} »",
        why="Les chiffres de l’une seraient donnés pour ceux de l’autre.",
        remedy="Écrivez le source.toml (o.preview(…).write(), ou --write) : les deux feuilles y sont, l’une à "
        f"compléter. Gardez « {dated_sheet} » pour {period}, dites la période de « {sheet} » ou retirez sa table.",
    )


def _some_towns(
    found: Found, parsed: Parsed, zonings: Mapping[str, Matcher]
) -> DescriptorError | None:
    """Refuse communes by their names alone, some of ours among others: one may be a namesake elsewhere.

    « Le Lamentin » is in Guadeloupe too. Nothing is asked of a table that names all of ours, says their codes or
    their department, or has a title that does.
    """
    matcher, frame, own = zonings[found.zoning], found.table.frame, found.spec.territory
    placed = set(parsed.cells["territory"].astype("str"))
    others = parsed.rejects.loc[parsed.rejects["reason"] == OTHER_COMMUNE, "raw"]
    lacking = [name for code, name in matcher.names.items() if code not in placed]
    beside = [name for name in map(str, frame.columns) if name != own and signs().is_place(name)]
    coded = frame[own].str.strip().isin(list(matcher.names)).any()
    if (
        found.family
        or not parsed.faults.empty
        or others.empty
        or not placed
        or not lacking
        or beside
        or coded
    ):
        return None
    said = f" {simplify(f'{found.table.path.stem} {found.titles}')} "
    wide = (name for one in zonings.values() if is_wide(one) for name in one.names.values())
    if any(f" {simplify(name)} " in said for name in wide):
        return None
    ours_named = enumerate_words([f"« {matcher.names[code]} »" for code in sorted(placed)], most=3)
    return DescriptorError(
        f"Rien ne dit que {ours_named} soit ici une commune de cet espace de travail.",
        where=found.table.name,
        why=f"Le tableau nomme d’autres communes (« {others.iloc[0]} »), et non « {lacking[0]} » : ce peut être "
        "l’homonyme d’un autre département.",
        remedy="Ajoutez une colonne de codes Insee, ou « Département » ; ou un titre qui dise le département. "
        f'Si ce sont bien les vôtres, dites-le : o.load(…, zoning="{found.zoning}") ; en ligne de commande, '
        f"--zoning {found.zoning}.",
    )


def _side_by_side(found: Found, zonings: Mapping[str, Matcher]) -> DescriptorError | None:
    """Refuse rows that name two territories: the second table would be read by the names of the first."""
    frame, own, matcher = found.table.frame, found.spec.territory, zonings[found.zoning]
    apart = None if found.family else contrary_column(frame, own, matcher, zonings)
    if apart is None:
        return None
    rank, at = apart
    texts = [str(cells.iloc[at]).strip() for cells in (frame[own], frame.iloc[:, rank])]
    column = frame.columns[rank] or column_letter(rank)
    known = any(one.find(texts[1]) for one in zonings.values())
    return DescriptorError(
        f"La même ligne nomme deux territoires : « {texts[0]} » (colonne « {own} ») et « {texts[1]} » (colonne "
        f"« {column} »).",
        where=f"{found.table.name}, ligne {found.table.lines.iloc[at]}",
        why=_TWO_TABLES
        if known
        else f"« {texts[1]} » n’est pas des vôtres : un homonyme y serait pris pour eux.",
        remedy=_APART if known else _HOMONYM,
    )


def _other_level(found: Found, zonings: Mapping[str, Matcher]) -> DescriptorError | None:
    """Refuse names under what is no level of theirs: « Fort-de-France » under « Arrondissement »."""
    own, matcher = found.spec.territory, zonings[found.zoning]
    titled = signs().levels_titled.match(fold(own)) is not None
    texts = found.table.frame[own].str.strip()
    if (
        not titled
        or matcher.label.casefold() in own.casefold()
        or texts.isin([*matcher.names]).any()
    ):
        return None
    text = next(text for text in texts if matcher.matches(text))
    return DescriptorError(
        f"La colonne « {own} » ne nomme pas des territoires du zonage « {found.zoning} », mais d’autres du "
        "même nom.",
        where=found.table.name,
        why=f"« {text} » y serait pris pour le vôtre ({matcher.label}).",
        remedy=f'Si ce sont bien les vôtres, dites-le : o.load(…, zoning="{found.zoning}") ; en ligne de '
        f"commande, --zoning {found.zoning}. Sinon déclarez ce zonage dans observatoire.toml.",
    )


def _parts(
    found: Found, plan: SourceDraft, parsed: Parsed, zonings: Mapping[str, Matcher]
) -> DescriptorError | None:
    """Refuse rows that another column says to be of a part of their territory: a school, a quartier."""
    matcher, own = zonings[found.zoning], found.spec.territory
    level = level_of(matcher)
    aside = [name for name in (*plan.labels, *plan.words) if signs().is_part_of(name, level)]
    known = found.family or signs().is_part_of(matcher.label, "")
    # A territory said twice is a fault that its line tells better, unless a code is cut in two.
    if known or not (parsed.faults.empty or is_wide(matcher)):
        return None
    whose = found.table.frame[own].str.strip().map(lambda text: place_of(text, matcher))
    for name in aside if not plan.file.get("variable_column") else ():
        cells = found.table.frame[name].str.strip()
        apart = (whose != "") & (cells != "") & (cells.map(matcher.find) != whose)
        if apart.any():
            at = int(apart.to_numpy().argmax())
            return DescriptorError(
                f"La colonne « {name} » dit que chaque ligne est d’une partie de son territoire : "
                f"« {cells.iloc[at]} », et non tout « {found.table.frame[own].iloc[at]} ».",
                where=f"{found.table.name}, ligne {found.table.lines.iloc[at]}",
                why="Les chiffres d’une partie seraient donnés pour ceux du tout.",
                remedy="Additionnez les parties de chaque territoire, une ligne chacun ; si le code du "
                "territoire est en deux morceaux, écrivez-le entier (97209). Si la colonne ne fait que "
                "renseigner, retirez-la.",
            )
    return None


_TWO_TABLES = (
    "Si deux tableaux sont côte à côte, les chiffres du second iraient aux territoires du premier."
)
_APART = (
    "Donnez à chaque tableau sa propre feuille ou son propre fichier ; si la seconde colonne ne fait que "
    "renseigner, écrivez le source.toml (o.preview(…).write(), ou --write), relisez-le et chargez le dossier."
)
_HOMONYM = (
    "Retirez du fichier les lignes d’ailleurs ; si c’est la seconde colonne qui se trompe, corrigez-la ou "
    "retirez-la."
)
