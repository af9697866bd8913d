"""Which loaded sources feed the indicators, and what they lack; whether they declare what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

from observatoire.errors import DescriptorError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import NARROW, enumerate_words, plural
from observatoire.indicators.definitions.spans import YEAR_MARK, dated_names, family_and_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from observatoire.indicators.definitions.catalogue import Catalogue, Indicator
    from observatoire.sources.families.family import Family
    from observatoire.values import Nature


#: Some year, to try a name of variable against the patterns of a family.
_ANY_YEAR = "22"

#: How many indicators a sentence names.
_NAMED = 6


def resolved(
    catalogue: Catalogue,
    loaded: Mapping[str, str],
    families: Mapping[str, Family],
    variables: Mapping[str, Collection[str]],
    awaited: Callable[[], Iterable[str]] = tuple,
) -> Catalogue:
    """Return a catalogue whose indicators name sources, in the place of families of files.

    Parameters
    ----------
    loaded : mapping of str
        The family of each loaded source that has one; the widest first, for it is read first.
    variables : mapping
        The variables that each loaded source declares.
    awaited : callable
        Gives the families of the sources that are described, loaded or not; only asked of a name that
        is no family's.

    Raises
    ------
    DescriptorError
        On a family that neither the library nor a source knows, or a variable that it cannot have.
    """
    sources = _Sources(loaded, families, variables, awaited)
    return replace(
        catalogue,
        indicators={each.code: sources.feeding(each) for each in catalogue},
    )


@dataclass(frozen=True)
class _Sources:
    """The loaded sources by family."""

    loaded: Mapping[str, str]
    families: Mapping[str, Family]
    variables: Mapping[str, Collection[str]]
    awaited: Callable[[], Iterable[str]]

    def feeding(self, indicator: Indicator) -> Indicator:
        """Return an indicator with the sources of its families, its variables as they name them."""
        named, size = indicator.named_families, indicator.size
        if size is not None:
            asked = [family_and_name(name) for name in size.variables]
            counts = tuple(self._named(indicator, *each) for each in asked)
            of = self._of(indicator, [family for family, _ in asked if family])
            size = replace(size, variables=counts, sources=self._giving(of, counts))
        fed = replace(
            indicator,
            size=size,
            families=named,
            numerator=self._names(indicator, indicator.numerator),
            denominator=self._names(indicator, indicator.denominator),
            variable="".join(self._names(indicator, filter(None, [indicator.variable]))),
        )
        spans = [[*s.numerator, *s.denominator, s.variable] for s in fed.spans]
        wanted = [*fed.written, *(name for span in spans for name in span if name)]
        giving = self._giving(self._of(indicator, named), wanted)
        return replace(fed, sources=tuple(dict.fromkeys([*indicator.sources, *giving])))

    def _giving(self, sources: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
        """Return the sources that declare one of some variables at least, in any year."""
        any_of = dated_names(names)
        return tuple(
            source
            for source in sources
            if any(any_of.fullmatch(code) for code in self.variables.get(source, ()))
        )

    def _names(self, indicator: Indicator, written: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._named(indicator, *family_and_name(name)) for name in written)

    def _named(self, indicator: Indicator, family: str, name: str) -> str:
        """Return the name of a variable as files of its family write it."""
        kin = self._kin(family)
        if not kin:
            return name
        stem = next((one.stem for one in kin if one.stem), "")
        name = next((one.columns[name] for one in kin if name in one.columns), name)
        whole = name if YEAR_MARK in name or not stem else stem + name
        tried = whole.replace(YEAR_MARK, _ANY_YEAR)
        if not any(one.could_give(tried) for one in kin):
            known = sorted({code for one in kin for code in one.labels})
            raise DescriptorError(
                f"Aucun fichier de la famille « {family} » n’a de colonne « {name} ».",
                where=f"indicators.toml, [indicators.{indicator.code}]",
                remedy=suggestion(name, known, most=0)
                or "Voyez comment cette famille nomme ses colonnes : observatoire preview.",
            )
        return whole

    def _of(self, indicator: Indicator, named: Iterable[str]) -> tuple[str, ...]:
        """Return the loaded sources of some families."""
        asked = list(dict.fromkeys(named))
        kin = {name: {one.code for one in self._kin(name)} | {name} for name in asked}
        for name in asked:
            recognised = self._kin(name) or name in self.loaded.values()
            if not recognised and name not in self.awaited():
                self._refuse(indicator, name)
        wanted = {code for codes in kin.values() for code in codes}
        return tuple(source for source, family in self.loaded.items() if family in wanted)

    def _refuse(self, indicator: Indicator, name: str) -> NoReturn:
        known = [*self.families, *(one.collection for one in self.families.values())]
        raise DescriptorError(
            f"Aucune famille de fichiers ne s’appelle « {name} ».",
            where=f"indicators.toml, [indicators.{indicator.code}]",
            why="Ni la bibliothèque, ni un fichier de families/, ni un source.toml (family) ne la déclare.",
            remedy=suggestion(name, sorted({*known, *self.loaded.values()} - {""}), most=40),
        )

    def _kin(self, name: str) -> list[Family]:
        """Return the families of one name, or of one collection."""
        return [one for one in self.families.values() if name and one.is_named(name)]


@dataclass(frozen=True)
class Feed:
    """What one source gives to one indicator: in which periods, or which columns it lacks."""

    indicator: Indicator
    periods: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def feeds(
    catalogue: Iterable[Indicator],
    source: str,
    contents: Mapping[str, set[tuple[str, str]]],
    known_as: Collection[str] = (),
) -> list[Feed]:
    """Return the indicators that a source feeds, then those for which columns are lacking.

    Parameters
    ----------
    catalogue : iterable of Indicator
        Resolved, see :func:`resolved`.
    contents : mapping
        The variables and periods that each loaded source gives.
    known_as : collection of str
        The family of the source, and its collection.
    """
    own = contents.get(source, set())
    periods = sorted({period for _, period in own})
    found = []
    for indicator in catalogue:
        concerned = source in indicator.sources or not set(known_as).isdisjoint(indicator.families)
        if not concerned or not periods:
            continue
        given = own.union(*(contents.get(each, set()) for each in indicator.sources))
        wanted = {period: [(v, period) for v in indicator.variables(period)] for period in periods}
        fed = [p for p, keys in wanted.items() if given.issuperset(keys) and own & set(keys)]
        last = wanted[periods[-1]]
        lacking = () if fed else tuple(v for v, p in last if (v, p) not in given)
        found.append(Feed(indicator, tuple(fed), lacking))
    return sorted(found, key=lambda feed: (not feed.periods, len(feed.lacking)))


def lacking(indicator: Indicator, contents: Mapping[str, set[tuple[str, str]]]) -> str:
    """Say which variables an indicator without a figure lacks, or which files."""
    loaded = [source for source in indicator.sources if source in contents]
    if not loaded:
        names = ", ".join(name.replace(YEAR_MARK, "##") for name in indicator.written)
        awaited = [f"famille {name} ({names})" for name in indicator.families]
        return " ou ".join(awaited or indicator.sources)
    given = {key for source in loaded for key in contents[source]}
    last = max(period for _, period in given)
    return ", ".join(v for v in indicator.variables(last) if (v, last) not in given)


def feed_notices(found: Iterable[Feed]) -> tuple[str, ...]:
    """Say in French which indicators a source feeds, and which lack columns."""
    fed = [feed for feed in found if feed.periods]
    lacking = [feed for feed in found if not feed.periods and feed.lacking]
    lines = []
    if fed:
        periods = sorted({period for feed in fed for period in feed.periods})
        count = plural(len(fed), "indicateur du catalogue", "indicateurs du catalogue")
        names = enumerate_words([f"« {feed.indicator.short} »" for feed in fed], most=_NAMED)
        lines.append(f"Alimente {count} ({enumerate_words(periods)}){NARROW}: {names}.")
    if lacking:
        count = plural(len(lacking), "autre indicateur", "autres indicateurs")
        names = enumerate_words(
            [
                f"« {feed.indicator.short} » ({enumerate_words(list(feed.lacking), most=3)})"
                for feed in lacking
            ],
            most=_NAMED,
        )
        lines.append(f"Des colonnes manquent pour {count}{NARROW}: {names}.")
    return tuple(lines)


def preference_notices(
    catalogue: Iterable[Indicator], source: str, contents: Mapping[str, set[tuple[str, str, str]]]
) -> tuple[str, ...]:
    """Say which source an indicator reads where this one and another give the same: the first that it names.

    ``contents`` gives variables, periods and zonings by source.
    """
    readers: dict[str, list[str]] = {}
    for indicator in catalogue:
        if source not in indicator.sources or len(indicator.sources) == 1:
            continue
        own = {key for key in contents.get(source, set()) if key[0] in indicator.variables(key[1])}
        rivals = [each for each in indicator.sources if own & contents.get(each, set())]
        if len(rivals) > 1:
            readers.setdefault(rivals[0], []).append(f"« {indicator.short} »")
    return tuple(
        f"Là où plusieurs sources donnent la même chose, {enumerate_words(names, most=_NAMED)} "
        f"{'lisent' if len(names) > 1 else 'lit'} « {first} », nommée la première dans sources."
        for first, names in readers.items()
    )


def check_variables(
    catalogue: Catalogue, declared: Mapping[str, Mapping[str, Nature]], path: Path
) -> None:
    """Check that each indicator leans on variables its sources declare, of a fit nature.

    Parameters
    ----------
    declared : mapping
        Nature by variable, by source: the sources that are loaded.

    Raises
    ------
    DescriptorError
        On a variable that a loaded source does not declare, or a ratio of things that are not
        counts. Indicators marked ``expected`` wait for their data and are passed over.
    """
    for indicator in catalogue:
        known: dict[str, Nature] = {}
        for source in indicator.sources:
            known.update(declared.get(source, {}))
        if indicator.expected or not all(source in declared for source in indicator.sources):
            continue
        for name in indicator.written:
            _check_variable(indicator, name, known, path)


def _check_variable(
    indicator: Indicator, name: str, known: Mapping[str, Nature], path: Path
) -> None:
    """Refuse a variable that no source declares, or whose nature is not what the indicator makes of it."""
    dated = dated_names([name])
    matching = [code for code in known if dated.fullmatch(code)]
    where = f"{path.name}, [indicators.{indicator.code}]"
    if not matching and indicator.families:
        return  # the file that gives it is still to come: its load said what lacks
    if not matching:
        raise DescriptorError(
            f"La variable « {name} » n’est déclarée par aucune des sources de cet indicateur.",
            where=where,
            why=f"Sources : {', '.join(indicator.sources)}.",
            remedy=suggestion(name, known, most=6) + " Si les données restent à demander, "
            "écrivez expected = true.",
        )
    if name != indicator.variable and not all(known[code].additive for code in matching):
        raise DescriptorError(
            f"« {name} » n’est pas un effectif : on ne peut ni le sommer ni en faire un rapport.",
            where=where,
            remedy="Utilisez variable = … pour un taux, une médiane ou un indice tout calculé.",
        )
    unfit = [known[code] for code in matching if known[code] is not indicator.nature]
    if name == indicator.variable and unfit:
        raise DescriptorError(
            f"« {name} » est déclaré comme {unfit[0].label}, l’indicateur comme "
            f"{indicator.nature.label}.",
            where=where,
            why="La nature décide de ce qui peut être porté d’un zonage à l’autre.",
            remedy=f'Écrivez nature = "{unfit[0]}", ou corrigez le source.toml.',
        )
