"""A source as its ``source.toml`` declares it: who, what, on which zoning, under which rules."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from observatoire.declarations.reader import Declaration, read_toml
from observatoire.declarations.secrecy_rules import Rule, read_rule
from observatoire.errors import DescriptorError
from observatoire.errors.arguments import suggestion
from observatoire.sources.descriptors.agreement import Agreement, read_convention
from observatoire.sources.descriptors.file_spec import FileSpec, read_file
from observatoire.sources.descriptors.sampling_design import SamplingDesign, read_precision
from observatoire.sources.parsers.numbers import BLANK_MEANINGS, Markers
from observatoire.territories.spelling import simplify
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


DESCRIPTOR_NAME = "source.toml"


@dataclass(frozen=True)
class Variable:
    """One column of figures: its nature decides what may be done to it."""

    code: str
    label: str
    nature: Nature
    unit: str
    universe: str
    exploitation: str = ""


@dataclass(frozen=True)
class Source:
    """A source: its identity, its files, its variables, its markers and its secrecy rule."""

    code: str
    folder: Path
    title: str
    producer: str
    licence: str
    page: str
    published: str
    obtained: str
    zoning: str
    absence: str
    caveats: tuple[str, ...]
    files: tuple[FileSpec, ...]
    variables: Mapping[str, Variable]
    markers: Markers
    secrecy: Rule
    sha256: str
    precision: SamplingDesign = SamplingDesign()  # noqa: RUF009 - frozen
    convention: Agreement | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)  # other names of territories

    def standing(self) -> tuple[FileSpec, ...]:
        """Return the files that no other one replaces."""
        replaced = {spec.replaces for spec in self.files}
        return tuple(spec for spec in self.files if spec.name not in replaced)

    def asked(self, name: str) -> tuple[FileSpec, ...]:
        """Return what is declared of one file: a table, or one for each sheet that is read of it.

        Raises
        ------
        DescriptorError
            When ``source.toml`` does not declare it, or says that another one replaces it.
        """
        for spec in self.files:
            if spec.replaces == name:
                raise DescriptorError(
                    f"Le fichier « {name} » est remplacé par « {spec.name} ».",
                    where=f"{self.code}/{DESCRIPTOR_NAME}",
                    remedy=f"Chargez « {spec.name} », ou retirez sa ligne « replaces ».",
                )
        found = tuple(spec for spec in self.files if spec.name == name)
        if found:
            return found
        raise DescriptorError(
            f"Le fichier « {name} » n’est pas déclaré.",
            where=f"{self.code}/{DESCRIPTOR_NAME}",
            remedy=f"{suggestion(name, [spec.name for spec in self.files], most=0)} Sinon ajoutez "
            f'une table [[files]] avec name = "{name}".',
        )

    def part(self, spec: FileSpec) -> str:
        """Return which part of its file is read: its sheet or member when several are, else nothing."""
        several = sum(one.name == spec.name for one in self.files) > 1
        return " ".join(filter(None, [spec.member, spec.sheet])) if several else ""


def read_source(folder: Path) -> Source:
    """Read and validate ``source.toml`` in a source's folder.

    Raises
    ------
    DescriptorError
        On an unknown key (with the nearest right one), a value out of its list, a missing file
        table, or a file that says its period neither once nor by column.
    """
    path = folder / DESCRIPTOR_NAME
    table = read_toml(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return build_source(table, folder, folder.resolve().name, digest)


def build_source(table: Declaration, folder: Path, code: str, sha256: str) -> Source:
    """Validate a source's declaration, read from its file or made by a preview.

    Parameters
    ----------
    table : Declaration
        What ``source.toml`` says, or would say.
    folder : Path
        Where its files are.
    code : str
        The source's code when the declaration tells none.
    sha256 : str
        Digest of the declaration.
    """
    agreed = table.child("convention")
    convention = read_convention(agreed) if "convention" in table.table else None
    source = Source(
        code=table.text("code", code),
        folder=folder,
        title=table.text("title"),
        producer=table.text("producer"),
        licence=table.text("licence"),
        page=table.text("page", ""),
        published=table.text("published", ""),
        obtained=table.text("obtained", ""),
        zoning=table.text("zoning"),
        absence=table.text("absence", ""),
        caveats=table.texts("caveats"),
        files=tuple(read_file(child) for child in table.array("files")),
        variables={
            code: _read_variable(code, child) for code, child in table.children("variables").items()
        },
        markers=_read_markers(table.child("markers")),
        secrecy=_agreed(read_rule(table.child("secrecy")), convention),
        sha256=sha256,
        precision=read_precision(table.child("precision")),
        convention=convention,
        aliases=_read_aliases(table.child("aliases")),
    )
    table.close()
    _check_whole(source, table)
    return source


def _read_variable(code: str, table: Declaration) -> Variable:
    variable = Variable(
        code=code,
        label=table.text("label"),
        nature=Nature(table.text("nature", choices=tuple(Nature))),
        unit=table.text("unit", ""),
        universe=table.text("universe", ""),
        exploitation=table.text("exploitation", ""),
    )
    table.close()
    return variable


def _read_aliases(table: Declaration) -> dict[str, str]:
    """Read the other names that a partner writes, each with the territory it names."""
    told = {name: table.text(name) for name in table.table}
    table.close()
    return told


def _read_markers(table: Declaration) -> Markers:
    markers = Markers(
        secret=table.texts("secret"),
        missing=table.texts("missing"),
        not_applicable=table.texts("not_applicable"),
        zero=table.texts("zero"),
        blank=table.text("blank", "missing", choices=BLANK_MEANINGS),
        zero_below=table.take("zero_below", bool, True),  # noqa: FBT003 - a default, not a switch
    )
    table.close()
    signs = [*markers.secret, *markers.missing, *markers.not_applicable, *markers.zero]
    twice = next((sign for sign in signs if signs.count(sign) > 1), "")
    if twice:
        key = next(
            key
            for key in ("zero", "not_applicable", "missing", "secret")
            if twice in table.table.get(key, ())
        )
        raise table.refuse(key, f"la marque « {twice} » a déjà un autre sens")
    return markers


def _agreed(rule: Rule, convention: Agreement | None) -> Rule:
    """Return the rule as the agreement makes it stricter; it never makes it looser."""
    if convention is None or convention.threshold <= rule.threshold:
        return rule
    told = convention.reference or f"Convention avec {convention.partner}."
    return replace(
        rule,
        threshold=convention.threshold,
        dated=tuple(
            replace(each, threshold=max(each.threshold, convention.threshold))
            for each in rule.dated
        ),
        unit=convention.threshold_kind,
        rule=" ".join(text for text in (rule.rule, told) if text),
    )


def _check_whole(source: Source, table: Declaration) -> None:
    if not source.files:
        raise DescriptorError(
            "La source ne déclare aucun fichier.",
            where=table.where,
            remedy="Ajoutez une table [[files]] par fichier.",
        )
    if not source.variables and not all(spec.register for spec in source.files):
        raise DescriptorError(
            "La source ne déclare aucune variable.",
            where=table.where,
            remedy="Ajoutez une table [variables.CODE] par colonne de chiffres.",
        )
    _check_parts(source, table)
    _check_secrecy(source, table)


def _check_parts(source: Source, table: Declaration) -> None:
    """Check that a file declared several times is read in another part each time."""
    told = [(spec.name, source.part(spec)) for spec in source.files]
    twice = next((name for name, part in told if told.count((name, part)) > 1), "")
    lacking = twice or next(
        (name for name, part in told if not part and [one for one, _ in told].count(name) > 1), ""
    )
    if lacking:
        raise DescriptorError(
            f"Plusieurs tables [[files]] décrivent « {lacking} » sans dire chacune quelle feuille.",
            where=table.where,
            why="Seule la première serait lue.",
            remedy='Donnez à chacune la sienne : sheet = "2018", sheet = "2019" (dans une archive, '
            'member = "…"), avec sa période.',
        )


def _check_secrecy(source: Source, table: Declaration) -> None:
    """Check that the rule names variables of the source."""
    rule = source.secrecy
    told = [name for total, parts in rule.sums for name in (total, *parts)]
    told += [name for condition in rule.conditions for name in condition.variables]
    told += [condition.basis for condition in rule.conditions if "/" not in condition.basis]
    if rule.dominance:
        told += [*rule.dominance.largest, *rule.dominance.largest.values(), rule.dominance.units]
    unknown = next((name for name in told if name and name not in source.variables), "")
    if unknown:
        raise DescriptorError(
            f"La règle de secret nomme « {unknown} », que la source ne déclare pas.",
            where=f"{table.where}, [secrecy]",
            why="Une règle mal écrite ne cacherait rien.",
            remedy=suggestion(unknown, source.variables),
        )


def slug(text: str) -> str:
    """Return a name made of letters, digits and hyphens.

    Examples
    --------
    >>> slug("Données CAF 2016 (v2)")
    'donnees-caf-2016-v2'
    """
    return simplify(re.sub(r"[_.-]", " ", text)).replace(" ", "-") or "source"
