"""What a column of a file that nothing describes is asked: of which period, in which unit, of whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.declarations.writer import key
from observatoire.errors import DescriptorError
from observatoire.french.typography import enumerate_words, number
from observatoire.sources.parsers.parts_of_year import is_bare_part
from observatoire.sources.parsers.spans_of_years import are_steps
from observatoire.sources.parsers.vocabulary import fold, signs

if TYPE_CHECKING:
    from observatoire.sources.inference.draft import SourceDraft
    from observatoire.sources.inference.table_finder import Found


def unclear_figures(found: Found, plan: SourceDraft) -> DescriptorError | None:
    """Refuse figures of which the writing, the unit or what they count reads in two ways."""
    if plan.writing.doubtful:
        return _two_readings(found, plan.writing.doubtful)
    if plan.mixed is not None or plan.units or plan.beyond:
        return _two_units(found, plan)
    if plan.dimensions or plan.short_part:
        return _unclear_rows(found, plan)
    return None


def spanning(found: Found, plan: SourceDraft) -> DescriptorError | None:
    """Refuse a column of several years among others: « Moyenne 2014-2015 » is of neither; one named « T1 »."""
    name = plan.spanning
    if not name or name not in (*plan.variables, *plan.columns):
        return None
    what = f"On ne sait pas à quelle période se rapporte la colonne « {name} »."
    if signs().relatives.fullmatch(fold(name)):
        return DescriptorError(
            what,
            where=found.table.name,
            why="Elle est d’une année dite par rapport à une autre (« N-1 », « précédente ») : ses chiffres "
            "seraient donnés pour ceux de l’année du fichier.",
            remedy="Écrivez l’année dans le nom de chaque colonne (« Aidés 2018 », « Aidés 2019 ») ; ou écrivez "
            "le source.toml (o.preview(…).write(), ou --write), et "
            f'donnez-y sa période sous [files.periods] ({key(name)} = "2018"), ou mettez-la dans ignored.',
        )
    if is_bare_part(name):
        return DescriptorError(
            what,
            where=found.table.name,
            why="Ce peut être un trimestre, un semestre, ou une taille de logement : rien ne le dit.",
            remedy="Si ce sont des tailles, dites la période du fichier (--period). Sinon écrivez l’année après "
            "chacun (« T1 2016 ») ; ou écrivez le source.toml (o.preview(…).write(), ou --write), et donnez-y à "
            f'chacun sa période sous [files.periods] ({key(name)} = "2016-T1").',
        )
    built = _STEPS if are_steps([*plan.variables, *plan.columns]) else ""
    return DescriptorError(
        what,
        where=found.table.name,
        why="Elle dit plusieurs années, ou peut les dire : ses chiffres seraient donnés pour ceux d’une seule.",
        remedy=f"Si ses chiffres sont des âges{built}, dites celle du fichier (--period). Sinon retirez-la ; ou "
        "écrivez le source.toml (o.preview(…).write(), ou --write), et "
        f'donnez-y sa période sous [files.periods] ({key(name)} = "2014-2015"), ou mettez-la dans ignored.',
    )


def asked_period(plan: SourceDraft) -> SourceDraft | None:
    """Return a draft that asks the period of a column of several years: as written, it is not loaded."""
    own = plan.file.get("periods", {})
    asked = plan.spanning in (*plan.variables, *plan.columns) and not plan.file.get("period_column")
    if not plan.spanning or not asked or not isinstance(own, dict) or plan.spanning in own:
        return None
    return replace(plan, file={**plan.file, "periods": {**own, plan.spanning: "?"}})


def small_share(found: Found, plan: SourceDraft) -> DescriptorError | None:
    """Refuse a number far below the percentages of its variable, which may be a share."""
    doubtful = plan.small or plan.fraction
    if doubtful is None:
        return None
    variable, text = doubtful
    return DescriptorError(
        f"« {text} » est-il un pourcentage, ou une part (à multiplier par cent) ?",
        where=f"{found.table.name}, « {variable} »",
        why=f"{_AMONG if plan.small else _ALL_BELOW} : le chiffre serait peut-être faux d’un facteur cent.",
        remedy="Si c’est une part, corrigez-la dans le fichier. Si c’est bien un pourcentage, écrivez le "
        "source.toml (o.preview(…).write(), ou --write) et chargez le dossier.",
    )


_STEPS = ", ou si ces années sont celles de ce que l’on compte (la construction, l’arrivée)"
_AMONG = "Les autres nombres sont des pourcentages bien plus grands"
_ALL_BELOW = "Son nom dit des pourcentages, et aucun de ses nombres ne dépasse 1"


def _two_readings(found: Found, text: str) -> DescriptorError:
    mark = "." if "." in text else ","
    whole, rest = text.split(mark)
    own = (
        f" Pour toute la famille, dites-le dans families/{found.family.code}.toml."
        if found.family
        else ""
    )
    return DescriptorError(
        f"« {text} » se lit de deux façons : {number(int(whole + rest))}, ou {whole},{rest} ?",
        where=found.table.name,
        why="Rien dans ce fichier ne dit si ce signe sépare les milliers ou les décimales : les "
        "chiffres seraient faux d’un facteur mille.",
        remedy="Écrivez son source.toml (o.preview(…).write(), ou --write) et remplacez-y "
        f'thousands = "?" par thousands = "{mark}" ou decimal = "{mark}" ; ou enregistrez '
        f"les nombres sans séparateur de milliers.{own}",
    )


def _two_units(found: Found, plan: SourceDraft) -> DescriptorError:
    """Refuse a variable of which numbers are, or may be, in two units."""
    if plan.beyond and plan.mixed is None and not plan.units:
        name, unit = plan.beyond
        return DescriptorError(
            f"Le titre dit que ce tableau est en {unit} : « {name} » peut ne pas en être, ou dépasse le tout.",
            where=f"{found.table.name}, colonne {name}",
            why="On ne sait pas quelles colonnes le titre concerne : un effectif serait donné pour "
            f"{'un montant' if 'euro' in unit or '€' in unit else 'une part ou une mesure'}.",
            remedy=f"Écrivez l’unité dans le nom de chaque colonne qui est en {unit}, et retirez celle "
            "du titre.",
        )
    if plan.mixed is None:
        units = enumerate_words([f"« {unit} »" for unit in plan.units[1:]], most=4)
        return DescriptorError(
            f"« {plan.units[0]} » est en plusieurs unités : {units}.",
            where=found.table.name,
            why="Une même série n’a qu’une unité : ses chiffres ne se comparent ni ne s’additionnent.",
            remedy="Convertissez ces lignes en une seule unité, ou donnez un nom à chaque indicateur.",
        )
    name, text = plan.mixed
    place = "indicateur" if plan.file.get("variable_column") else "colonne"
    return DescriptorError(
        f"« {text} » est écrit sans % parmi des pourcentages.",
        where=f"{found.table.name}, {place} {name}",
        why="C’est soit une part (à multiplier par cent), soit un pourcentage : le chiffre serait "
        "faux d’un facteur cent.",
        remedy="Écrivez-les tous de la même façon.",
    )


def _unclear_rows(found: Found, plan: SourceDraft) -> DescriptorError:
    """Refuse rows that several columns tell apart, or of weeks and days, of which no period is kept."""
    if plan.short_part:
        return DescriptorError(
            f"La colonne « {plan.short_part} » dit une semaine ou un jour.",
            where=found.table.name,
            why="Aucune période n’est plus courte qu’un mois : les chiffres d’une semaine seraient donnés pour "
            "ceux de toute l’année, et son numéro pour un effectif.",
            remedy="Additionnez les lignes par mois, par trimestre ou par an, et dites cette période ; si c’est "
            "un effectif, donnez à la colonne le nom de ce qu’elle compte (« Jours d’ouverture »).",
        )
    names = enumerate_words([f"« {name} »" for name in plan.dimensions], most=4)
    if len(plan.dimensions) == 1:
        figures = enumerate_words([f"« {name} »" for name in plan.variables], most=4)
        return DescriptorError(
            f"Chaque territoire a plusieurs lignes, que distingue {names}, et plusieurs colonnes de chiffres : "
            f"{figures}.",
            where=found.table.name,
            why="On ne sait pas laquelle est le chiffre de chaque ligne, et lesquelles le décrivent.",
            remedy="Ne gardez qu’une colonne de chiffres ; ou donnez à chaque indicateur sa colonne (tableau "
            "croisé dynamique), une ligne par territoire.",
        )
    return DescriptorError(
        f"Plusieurs colonnes disent ensemble ce que compte chaque ligne : {names}.",
        where=found.table.name,
        why="Un territoire a plusieurs lignes pour une même période : les chiffres de l’une (les femmes, les "
        "jeunes) seraient donnés pour ceux d’une autre.",
        remedy="Réunissez ces colonnes en une seule (« Femmes, 15 à 24 ans »), qui nommera les variables ; ou ne "
        "gardez que les lignes où toutes sauf une sont à leur total (« Ensemble », « _T »).",
    )
