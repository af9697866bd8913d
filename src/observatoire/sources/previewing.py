"""Show what is understood of a file before anything is stored, and the ``source.toml`` of it."""

from __future__ import annotations

import hashlib
import re
import shutil
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.declarations import Declaration
from observatoire.errors import (
    DescriptorError,
    ObservatoireError,
    WorkspaceError,
    system_words,
)
from observatoire.sources.aliasing import unknown_names, with_aliased
from observatoire.sources.dating import of_its_year
from observatoire.sources.descriptor import DESCRIPTOR_NAME, Source, build_source
from observatoire.sources.detecting import Found, Sheet, find_table, sheets_of
from observatoire.sources.diagnosing import no_figure
from observatoire.sources.entitling import other_town
from observatoire.sources.headers import column_letter
from observatoire.sources.observations import Parsed, observe
from observatoire.sources.periods import read_periods
from observatoire.sources.placing import contrary_column, towns_of
from observatoire.sources.planning import plan_of
from observatoire.sources.reading import open_table
from observatoire.sources.restoring import restore_codes
from observatoire.sources.showing import Section, html_page, sections, seen_section, text_page
from observatoire.sources.writing import key
from observatoire.territories.names import simplify
from observatoire.typography import number
from observatoire.values import is_period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.families import Family
    from observatoire.sources.writing import Plan
    from observatoire.territories.names import Matcher


@dataclass(frozen=True)
class Ground:
    """What a preview needs to know of a workspace.

    Parameters
    ----------
    raw : Path
        The folder of its sources.
    zonings : mapping of str to Matcher
        The territories known.
    scope : tuple of str
        The communes observed.
    families : mapping of str to Family
        The families known.
    preferred : str
        The main zoning.
    """

    raw: Path
    zonings: Mapping[str, Matcher]
    scope: tuple[str, ...]
    families: Mapping[str, Family]
    preferred: str


@dataclass(frozen=True, repr=False)
class Preview:
    """What was understood of a file: its table, territories, figures, and what is wrong with it.

    Shows itself; ``toml`` is the declaration that would load it, and :meth:`write` writes it.
    ``refusal`` is the error that loading it would raise, or None; ``sheets`` what the file holds
    when no table was found in it.
    """

    path: Path
    ground: Ground
    found: Found | None = None
    plan: Plan | None = None
    source: Source | None = None
    parsed: Parsed | None = None
    refusal: ObservatoireError | None = None
    sheets: tuple[Sheet, ...] = ()

    @property
    def family(self) -> str:
        """Code of the family recognised, or an empty text."""
        return self.found.family.code if self.found is not None and self.found.family else ""

    @property
    def toml(self) -> str:
        """The ``source.toml`` that would load this file.

        Raises
        ------
        ObservatoireError
            When too little was understood: the message says what to mend or to tell.
        """
        doubtful = self.plan is not None and bool(self.plan.writing.doubtful)
        if self.plan is None or (self.source is None and not doubtful):
            raise self.refusal or DescriptorError("Rien n’a été compris de ce fichier.")
        return self.plan.toml()

    def write(self, folder: str | Path | None = None) -> Path:
        """Write the ``source.toml``, beside the file or in a folder of ``data/raw`` with a copy.

        Parameters
        ----------
        folder : str or Path, optional
            Where to write it. By default: beside a file that has its own folder in ``data/raw``;
            for any other, ``data/raw/<name of the file>/``.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        WorkspaceError
            When the folder holds a ``source.toml`` already, or cannot be written.
        """
        text = self.toml
        home = self.path.parent.parent.resolve() == self.ground.raw.resolve()
        place = self.path.parent if home else self.ground.raw / slug(self.path.stem)
        place = Path(folder) if folder is not None else place
        target = place / DESCRIPTOR_NAME
        if target.exists():
            raise WorkspaceError(
                "Ce dossier a déjà un source.toml.",
                where=str(target),
                remedy="Donnez un autre dossier : write(« dossier »). Rien n’est écrasé.",
            )
        try:
            place.mkdir(parents=True, exist_ok=True)
            if (place / self.path.name).resolve() != self.path.resolve():
                shutil.copyfile(self.path, place / self.path.name)
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise WorkspaceError(
                "On ne peut pas écrire ici.",
                where=str(place),
                why=f"Le système dit : {system_words(error)}.",
                remedy="Choisissez un dossier où vous avez le droit d’écrire.",
            ) from error
        return target

    def __str__(self) -> str:
        """Return the preview as French text."""
        return text_page(self.path.name, self._sections())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_page(self.path.name, self._sections())

    def _sections(self) -> list[Section]:
        made = sections(self.found, self.plan, self.parsed, self.refusal)
        return [*map(seen_section, self.sheets), *made]


def slug(text: str) -> str:
    """Return a name made of letters, digits and hyphens.

    Examples
    --------
    >>> slug("Données CAF 2016 (v2)")
    'donnees-caf-2016-v2'
    """
    return simplify(re.sub(r"[_.-]", " ", text)).replace(" ", "-") or "source"


def preview_table(
    path: Path, ground: Ground, *, period: str = "", zoning: str = "", member: str = ""
) -> Preview:
    """Read a file that nothing describes, and say what it is.

    Parameters
    ----------
    path : Path
        A table: csv, workbook, dBase, Parquet, or a zip of one.
    ground : Ground
        What the workspace knows.
    period, zoning, member : str
        What is told; empty to find it.

    Raises
    ------
    FileError
        When its bytes cannot be read at all. A file that is read and holds no table is shown for
        what it is, with its ``refusal``.
    """
    opened = open_table(path, member)
    try:
        found = find_table(
            opened, ground.zonings, ground.families, preferred=ground.preferred, zoning=zoning
        )
    except ObservatoireError as error:
        return Preview(path, ground, refusal=error, sheets=tuple(sheets_of(opened)))
    if found.family is not None and found.family.kind != "figures":
        return Preview(path, ground, found, refusal=_not_figures(found))
    plan = plan_of(found, period, ground.zonings)
    refusal = _unsaid(found, plan) or _two_periods(found, plan, period)
    if refusal is not None:
        return Preview(path, ground, found, plan, refusal=refusal)
    source = _source(plan, path)
    table, restored = restore_codes(found.table, source, source.files[0], ground.zonings)
    parsed = observe(table, source, source.files[0], ground.zonings, ground.scope)
    parsed = with_aliased(replace(parsed, restored=restored), source.files[0], ground.zonings)
    plan.aliases = unknown_names(parsed, ground.zonings[found.zoning])
    towns = towns_of(ground.zonings[found.zoning], ground.zonings)
    refusal = other_town(found, towns, ground.zonings, source.files[0].commune_column)
    refusal = refusal or _spanning(found, plan) or _small(found, plan) or _other_sheet(found, plan)
    refusal = refusal or _side_by_side(found, ground.zonings[found.zoning])
    return Preview(path, ground, found, plan, source, parsed, refusal)


def _source(plan: Plan, path: Path) -> Source:
    text = plan.toml()
    table = Declaration(Path(DESCRIPTOR_NAME), tomllib.loads(text))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return build_source(table, path.parent, slug(path.stem), digest)


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


def _unsaid(found: Found, plan: Plan) -> ObservatoireError | None:
    """Return what is still to be told before the file can be loaded."""
    name, where = found.table.name, found.spec.territory
    if not plan.variables:
        columns = [str(one) for one in found.table.frame.columns if one != where]
        return no_figure(columns, plan.labels, plan.words, name, where)
    if plan.writing.doubtful:
        return _two_readings(found, plan.writing.doubtful)
    if plan.mixed is not None:
        place = "indicateur" if plan.file.get("variable_column") else "colonne"
        return _two_units(found, f"{place} {plan.mixed[0]}", plan.mixed[1])
    if not plan.file.get("period") and not plan.file.get("period_column"):
        return DescriptorError(
            f"On ne sait pas à quelle période se rapporte « {found.table.name} ».",
            where=found.table.name,
            why="Ni le nom du fichier, ni son titre, ni ses colonnes ne le disent.",
            remedy='Dites-la : o.load(…, period="2016") ou o.preview(…, period="2016") ; '
            "en ligne de commande, --period 2016.",
        )
    return None


def _two_periods(found: Found, plan: Plan, told: str) -> DescriptorError | None:
    """Refuse a sheet whose name says another period than the one its figures would be given."""
    sheet, read = found.spec.sheet, str(plan.file.get("period", ""))
    own = read_periods(pd.Series([sheet]))[0]
    own = own if is_period(own) or told else of_its_year(sheet)
    known = found.family is not None or bool(plan.file.get("periods"))
    if known or not read or not is_period(own) or own.startswith(read) or read.startswith(own):
        return None
    said = "Vous dites" if told else "Le nom du fichier, ou son titre, dit"
    return DescriptorError(
        f"La feuille lue, « {sheet} », n’est pas de la période {read}.",
        where=f"{found.table.name}, feuille « {sheet} »",
        why=f"{said} {read}, le nom de la feuille {own} : ses chiffres seraient ceux d’une autre période.",
        remedy=f'Si c’est elle que vous voulez : period="{own}" (en ligne de commande, --period {own}). '
        f'Sinon o.preview(…, period="{own}").write() écrit son source.toml : corrigez-y sheet et period.',
    )


def _other_sheet(found: Found, plan: Plan) -> DescriptorError | None:
    """Refuse a sheet of no period (« Anciens ») beside one that says the period of the file."""
    sheet, period = found.spec.sheet, str(plan.file.get("period", ""))
    other = next((name for name in found.others if period and of_its_year(name) == period), "")
    if not other or of_its_year(sheet) or plan.file.get("periods"):
        return None
    return DescriptorError(
        f"La feuille lue serait « {sheet} », et c’est « {other} » qui dit la période {period}.",
        where=f"{found.table.name}, feuille « {sheet} »",
        why="Les chiffres de l’une seraient donnés pour ceux de l’autre.",
        remedy="Écrivez le source.toml (o.preview(…).write(), ou --write) : les deux feuilles y sont, l’une à "
        f"compléter. Gardez « {other} » pour {period}, dites la période de « {sheet} » ou retirez sa table.",
    )


def _side_by_side(found: Found, matcher: Matcher) -> DescriptorError | None:
    """Refuse rows that name two territories: the second table would be read by the names of the first."""
    frame, own = found.table.frame, found.spec.territory
    apart = None if found.family else contrary_column(frame, own, matcher)
    if apart is None:
        return None
    rank, at = apart
    texts = [str(cells.iloc[at]).strip() for cells in (frame[own], frame.iloc[:, rank])]
    column = frame.columns[rank] or column_letter(rank)
    return DescriptorError(
        f"La même ligne nomme deux territoires : « {texts[0]} » (colonne « {own} ») et « {texts[1]} » (colonne "
        f"« {column} »).",
        where=f"{found.table.name}, ligne {found.table.lines.iloc[at]}",
        why="Si deux tableaux sont côte à côte, les chiffres du second iraient aux territoires du premier.",
        remedy="Donnez à chaque tableau sa propre feuille ou son propre fichier ; si la seconde colonne ne fait "
        "que renseigner, écrivez le source.toml (o.preview(…).write(), ou --write), relisez-le et chargez le "
        "dossier.",
    )


def _spanning(found: Found, plan: Plan) -> DescriptorError | None:
    """Refuse a column of several years among others: « Moyenne 2014-2015 » is of neither."""
    name = plan.spanning
    if not name or name not in (*plan.variables, *plan.columns):
        return None
    return DescriptorError(
        f"On ne sait pas à quelle période se rapporte la colonne « {name} ».",
        where=found.table.name,
        why="Elle dit plusieurs années : ses chiffres seraient donnés pour ceux d’une seule.",
        remedy="Retirez-la du fichier ; ou écrivez le source.toml (o.preview(…).write(), ou --write), et "
        f'donnez-y sa période sous [files.periods] ({key(name)} = "2014-2015"), ou mettez-la dans ignored.',
    )


def _small(found: Found, plan: Plan) -> DescriptorError | None:
    """Refuse a number far below the percentages of its variable, which may be a share."""
    if plan.small is None:
        return None
    variable, text = plan.small
    return DescriptorError(
        f"« {text} » est-il un pourcentage, ou une part (à multiplier par cent) ?",
        where=f"{found.table.name}, « {variable} »",
        why="Les autres nombres sont des pourcentages bien plus grands : le chiffre serait peut-être faux d’un "
        "facteur cent.",
        remedy="Si c’est une part, corrigez-la dans le fichier. Si c’est bien un pourcentage, écrivez le "
        "source.toml (o.preview(…).write(), ou --write) et chargez le dossier.",
    )


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


def _two_units(found: Found, place: str, text: str) -> DescriptorError:
    return DescriptorError(
        f"« {text} » est écrit sans % parmi des pourcentages.",
        where=f"{found.table.name}, {place}",
        why="C’est soit une part (à multiplier par cent), soit un pourcentage : le chiffre serait "
        "faux d’un facteur cent.",
        remedy="Écrivez-les tous de la même façon.",
    )
