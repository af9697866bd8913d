"""A source as its ``source.toml`` declares it: who, what, on which zoning, under which rules."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Annotated

from pydantic.json_schema import SkipJsonSchema

from observatoire.declarations.fields import (
    Code,
    Named,
    Texts,
    called,
    declared,
    doc,
    fault,
    given,
    on_reading,
)
from observatoire.declarations.reader import build, toml_table
from observatoire.declarations.secrecy_rules import Rule
from observatoire.errors import DescriptorError
from observatoire.errors.arguments import suggestion
from observatoire.sources.descriptors.agreement import Agreement
from observatoire.sources.descriptors.file_spec import FileSpec
from observatoire.sources.descriptors.sampling_design import SamplingDesign
from observatoire.sources.parsers.numbers import Markers
from observatoire.territories.spelling import simplify
from observatoire.values import Nature

DESCRIPTOR_NAME = "source.toml"


@declared
class Variable:
    """One column of figures: its nature decides what may be done to it."""

    code: Code
    label: Annotated[str, doc("Libellé de la variable.")]
    nature: Annotated[
        Nature, doc("Ce qu’est le chiffre : effectif, montant, taux, médiane, moyenne ou indice.")
    ]
    unit: Annotated[str, doc("Unité.")] = ""
    universe: Annotated[str, doc("Champ : qui ou quoi l’on compte.")] = ""
    exploitation: Annotated[
        str, doc("Exploitation du recensement : principale, complémentaire.")
    ] = ""


@declared
class Source:
    """A source: its identity, its files, its variables, its markers and its secrecy rule."""

    folder: Annotated[SkipJsonSchema[Path], called(given("folder"))]
    sha256: Annotated[SkipJsonSchema[str], called(given("sha256"))]
    title: Annotated[str, doc("Titre, tel qu’il s’imprime.")]
    producer: Annotated[str, doc("Qui a produit ces chiffres.")]
    licence: Annotated[str, doc("Sous quelle licence.")]
    zoning: Annotated[str, doc("Code du zonage des territoires, déclaré dans observatoire.toml.")]
    code: Annotated[str, doc("Code de la source ; le nom de son dossier sans elle.")] = ""
    family: Annotated[
        str,
        doc(
            "Famille de fichiers : ses variables nourrissent les indicateurs « famille:variable »."
        ),
    ] = ""
    page: Annotated[str, doc("Page où le producteur la publie.")] = ""
    published: Annotated[str, doc("Date de publication.")] = ""
    obtained: Annotated[str, doc("Comment les chiffres ont été obtenus.")] = ""
    absence: Annotated[str, doc("Ce que veut dire l’absence d’un chiffre.")] = ""
    caveats: Annotated[Texts, doc("Précautions de lecture, imprimées avec les chiffres.")] = ()
    files: Annotated[tuple[FileSpec, ...], doc("Les fichiers, une table [[files]] chacun.")] = ()
    variables: Annotated[Named[Variable], doc("Les variables, [variables.CODE].")] = field(
        default_factory=dict
    )
    markers: Annotated[Markers, doc("Signes écrits à la place d’un nombre.")] = Markers()
    secrecy: Annotated[Rule, doc("Règle de secret du producteur.")] = Rule()
    precision: Annotated[SamplingDesign, doc("D’où vient l’incertitude.")] = SamplingDesign()
    convention: Annotated[Agreement | None, doc("Convention sous laquelle ils sont prêtés.")] = None
    aliases: Annotated[
        Mapping[str, str], doc("Autres noms des territoires : « nom écrit » = « code ou nom ».")
    ] = field(default_factory=dict)

    @on_reading
    def _holds_together(self) -> None:
        if not self.variables and not all(spec.register for spec in self.files):
            raise fault(
                "La source ne déclare aucune variable.",
                remedy="Ajoutez une table [variables.CODE] par colonne de chiffres.",
            )
        self._check_parts()
        self._check_secrecy()

    def _check_parts(self) -> None:
        """Check that a file declared several times is read in another part each time."""
        parts = Counter((spec.name, self.part(spec)) for spec in self.files)
        names = Counter(spec.name for spec in self.files)
        for (name, part), times in parts.items():
            if times > 1 or (not part and names[name] > 1):
                raise fault(
                    f"Plusieurs tables [[files]] décrivent « {name} » sans dire chacune quelle "
                    "feuille.",
                    why="Seule la première serait lue.",
                    remedy='Donnez à chacune la sienne : sheet = "2018", sheet = "2019" (dans une '
                    'archive, member = "…"), avec sa période.',
                )

    def _check_secrecy(self) -> None:
        """Check that the rule names variables of the source."""
        rule = self.secrecy
        named = [name for each in rule.sums for name in (each.total, *each.parts)]
        named += [name for condition in rule.conditions for name in condition.variables]
        named += [each.basis for each in rule.conditions if "/" not in each.basis]
        if rule.dominance:
            largest = rule.dominance.largest
            named += [*largest, *largest.values(), rule.dominance.units]
        unknown = next((name for name in named if name and name not in self.variables), "")
        if unknown:
            raise fault(
                f"La règle de secret nomme « {unknown} », que la source ne déclare pas.",
                "secrecy",
                why="Une règle mal écrite ne cacherait rien.",
                remedy=suggestion(unknown, self.variables),
            )

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
        several = sum(file.name == spec.name for file in self.files) > 1
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
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return _made(path, {"code": folder.resolve().name, **toml_table(path)}, folder, digest)


def build_source(table: Mapping[str, object], folder: Path, code: str, sha256: str) -> Source:
    """Validate a source's declaration, read from its file or made by a preview.

    Parameters
    ----------
    table : mapping
        What ``source.toml`` says, or would say.
    folder : Path
        Where its files are.
    code : str
        The source's code when the declaration gives none.
    sha256 : str
        Digest of the declaration.
    """
    return _made(Path(DESCRIPTOR_NAME), {"code": code, **table}, folder, sha256)


def _made(path: Path, table: Mapping[str, object], folder: Path, sha256: str) -> Source:
    source = build(path, table, Source, folder=folder, sha256=sha256)
    return replace(source, secrecy=_agreed(source.secrecy, source.convention))


def _agreed(rule: Rule, convention: Agreement | None) -> Rule:
    """Return the rule as the agreement makes it stricter; it never makes it looser."""
    if convention is None or convention.threshold <= rule.threshold:
        return rule
    reference = convention.reference or f"Convention avec {convention.partner}."
    return replace(
        rule,
        threshold=convention.threshold,
        dated=tuple(
            replace(each, threshold=max(each.threshold, convention.threshold))
            for each in rule.dated
        ),
        unit=convention.threshold_kind,
        rule=" ".join(text for text in (rule.rule, reference) if text),
    )


def slug(text: str) -> str:
    """Return a name made of letters, digits and hyphens.

    Examples
    --------
    >>> slug("Données CAF 2016 (v2)")
    'donnees-caf-2016-v2'
    """
    return simplify(re.sub(r"[_.-]", " ", text)).replace(" ", "-") or "source"
