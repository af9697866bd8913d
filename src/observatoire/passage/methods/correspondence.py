"""Tables de passage: links that someone else established, read and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.errors import DuplicateKeyError, PassageError, UnknownNameError, WeightError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import number, plural
from observatoire.passage.codes import named
from observatoire.passage.links import PART, SPLIT, WEIGHT_COLUMNS, WHOLE
from observatoire.passage.passage import Passage
from observatoire.passage.transfer.frames import is_numeric

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from observatoire.passage.arrays import Floats


_NOTHING = "inconnu"
_WORDS = (WHOLE, SPLIT, PART, _NOTHING, "")
_DECIMALS = 6  # with which a rounded weight is written at most
_LEAST_DECIMALS = 2  # with fewer, a weight says too little to be rounded
_EXCESS = 1e-9  # what rounding may add to the weights of a source


def from_table(
    frame: pd.DataFrame,
    *,
    targets: Iterable[str] | None = None,
    method: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    source_zoning: str | None = None,
    target_zoning: str | None = None,
) -> Passage:
    """Read a table de passage.

    Parameters
    ----------
    frame : DataFrame
        Columns ``source``, ``target``, ``weight``; optionally ``link``: « proche » (the source
        wholly belongs to the target: weight 1), « inclus » (the target is an unknown part of
        the source: weight blank), « partage » (split), « inconnu » (no source is known). A row
        with a blank source names a target; one with a blank target, what is lost outside.
        Also read, when there: ``low``, ``high``, ``share`` (see :class:`Passage`).
    targets : iterable of str, optional
        Targets that exist though nothing links to them: they come out ``missing``.
    method, parameters, source_zoning, target_zoning : optional
        How the table was made; by default what ``frame.attrs`` says.

    Raises
    ------
    PassageError
        Negative or blank weights, weights of a source above 1, unknown words, no row at all.
    DuplicateKeyError
        A pair given twice.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["X", "Y"], "weight": [1.0, None],
    ...                       "link": ["proche", "inclus"]})
    >>> p = from_table(links, targets=["X", "Y", "Z"])
    >>> counts = pd.DataFrame({"pop": [10.0, 4.0]}, index=["a", "b"])
    >>> p.apply(counts)[["target", "value", "low", "high", "status"]].values.tolist()
    [['X', 10.0, 10.0, 10.0, 'aggregated'], ['Y', nan, 0.0, 4.0, 'bounded'],
     ['Z', nan, nan, nan, 'missing']]
    """
    table = _checked_columns(frame)
    if table.empty and targets is None:
        raise PassageError(
            "La table de passage est vide.",
            why="Aucun territoire à mettre en rapport.",
            remedy="Vérifiez le fichier lu et le filtre appliqué.",
        )
    linked = (table["source"] != "") & (table["target"] != "") & ~_idle(table)
    links = table[linked].reset_index(drop=True)
    lost = table[(table["source"] != "") & (table["target"] == "")]
    _check_pairs(links)
    weights = _weights(links)
    kept, lost, remarks = _completed(weights, lost)
    _check_sums(kept)
    kept = kept.sort_values(["target", "source"], ignore_index=True)
    names = {*table["target"], *([] if targets is None else map(str, targets))} - {""}
    declared = frame.attrs
    return Passage(
        weights=kept,
        coverage=_coverage(kept, sorted(names), declared.get("coverage") or {}),
        outside=_outside(kept, lost),
        method=method or str(declared.get("method", "table de passage")),
        parameters=dict(parameters if parameters is not None else declared.get("parameters", {})),
        source_zoning=source_zoning or str(declared.get("source_zoning", "")),
        target_zoning=target_zoning or str(declared.get("target_zoning", "")),
        remarks=tuple(dict.fromkeys((*declared.get("remarks", ()), *remarks))),
        quality=_quality(declared.get("quality")),
        reaching=frozenset(lost["source"]),
    )


def _idle(table: pd.DataFrame) -> pd.Series[bool]:
    """Rows of weight zero, with nothing else: the two territories share nothing."""
    return (table["weight"] == 0) & (table["link"] == "") & table["high"].isna()


def _checked_columns(frame: pd.DataFrame) -> pd.DataFrame:
    why = "Une table de passage dit source, target et weight (le poids)."
    if not isinstance(frame, pd.DataFrame):
        raise PassageError(
            f"« {type(frame).__name__} » n’est pas un tableau.",
            why=why,
            remedy='pandas.read_csv(chemin, dtype={"source": str, "target": str}) en donne un.',
        )
    lacking = [name for name in ("source", "target", "weight") if name not in frame.columns]
    if lacking:
        raise PassageError(
            f"Colonne absente de la table de passage : {named(lacking)}.",
            why=why,
            remedy='Renommez les colonnes : frame.rename(columns={"IRIS": "source"}).',
            columns=lacking,
        )
    table = frame.reindex(columns=list(WEIGHT_COLUMNS)).reset_index(drop=True)
    for name in ("source", "target"):
        table[name] = _codes(table[name])
    table["link"] = table["link"].astype(object).where(table["link"].notna(), "")
    for name in ("weight", "low", "high", "share"):
        table[name] = _numbers(table[name])
    for word in sorted(set(table["link"]) - set(_WORDS)):
        raise PassageError(
            f"Lien inconnu dans la table de passage : « {word} ».",
            where=_place(table, table["link"] == word),
            remedy=suggestion(str(word), _WORDS[:-1]),
        )
    return table


def _codes(column: pd.Series[Any]) -> pd.Series[Any]:
    blank = column.isna()
    wrong = [code for code in column[~blank] if not isinstance(code, str)]
    if wrong:
        raise PassageError(
            f"Code qui n’est pas du texte : {wrong[0]!r}.",
            where=str(column.name),
            why="En nombre, un code perd ses zéros de tête.",
            remedy='Relisez la table : pandas.read_csv(chemin, dtype={"source": str, "target": str}).',
            codes=wrong,
        )
    return column.astype(object).where(~blank, "").map(str.strip)


def _numbers(column: pd.Series[Any]) -> pd.Series[float]:
    if column.isna().all():
        return column.astype(float)
    if not is_numeric(column):
        raise WeightError(
            f"La colonne « {column.name} » n’est pas faite de nombres.",
            why="Un poids est un nombre de 0 à 1.",
            remedy='Convertissez-la (virgule décimale : str.replace(",", "."), puis to_numeric).',
        )
    return column.astype(float)


def _place(table: pd.DataFrame, wrong: pd.Series[bool]) -> str:
    row = table[wrong].iloc[0]
    return f"source « {row['source']} », cible « {row['target']} »"


def _check_pairs(links: pd.DataFrame) -> None:
    repeated = links.duplicated(["source", "target"])
    if repeated.any():
        raise DuplicateKeyError(
            "Ce lien est donné plusieurs fois dans la table de passage.",
            where=_place(links, repeated),
            why="La source compterait double.",
            remedy="Gardez une seule ligne par couple source et cible.",
        )


def _weights(links: pd.DataFrame) -> pd.DataFrame:
    part = links["link"] == PART
    weight = links["weight"].mask((links["link"] == WHOLE) & links["weight"].isna(), 1.0)
    _check_weights(links, weight, part)
    whole = (weight >= 1 - _EXCESS) & ~part & (links["link"] != SPLIT)
    link = np.select([part, whole], [PART, WHOLE], SPLIT)
    count = links.groupby("target")["target"].transform("size")
    return links.assign(
        weight=weight.mask(whole & links["low"].isna(), 1.0),
        low=links["low"].fillna(whole.astype(float)),
        high=links["high"].fillna(1.0),
        share=links["share"].fillna(1.0 / count),
        link=link.astype(object),
    )


def _check_weights(links: pd.DataFrame, weight: pd.Series[float], part: pd.Series[bool]) -> None:
    faults = (
        (weight.isna() & ~part, "Le poids est vide.", 'Donnez-le, ou dites link="inclus".'),
        (weight < 0, "Le poids est négatif.", "Un poids va de 0 à 1."),
        (weight.abs() == np.inf, "Le poids est infini.", "Un poids va de 0 à 1."),
        (weight > 1 + _EXCESS, "Le poids dépasse 1.", "Un poids va de 0 à 1, non de 0 à 100."),
        (
            (links["link"] == WHOLE) & (weight < 1 - _EXCESS),
            "Un lien « proche » a un poids inférieur à 1.",
            "Dites « partage » si la source est partagée.",
        ),
        (
            part & weight.notna(),
            "Un lien « inclus » a un poids.",
            "Dites « partage » si la part est connue.",
        ),
    )
    for wrong, what, remedy in faults:
        if wrong.any():
            raise WeightError(
                what,
                where=_place(links, wrong),
                why="On ne saurait pas quelle part de la source revient à la cible.",
                remedy=remedy,
            )
    for name in ("low", "high"):
        wrong = (links[name] < 0) | (links[name] > 1) | (links["low"] > links["high"])
        if wrong.any():
            raise WeightError(
                "Les bornes du poids sont fausses.",
                where=_place(links, wrong),
                why="Les encadrements de la cible le seraient aussi.",
                remedy="low et high vont de 0 à 1, low ne dépasse pas high.",
            )


def _check_sums(weights: pd.DataFrame) -> None:
    sums = weights.groupby("source")["weight"].sum()
    over = sums[sums > 1 + _EXCESS]
    if len(over):
        raise WeightError(
            f"Les poids de la source « {over.index[0]} » font {number(over.iloc[0], 3)}, plus que 1"
            + (f" ({len(over)} sources sont dans ce cas)." if len(over) > 1 else "."),
            why="Ce qu’elle compte serait compté plus d’une fois.",
            remedy="Corrigez la table, ou ramenez à 1 les poids de chaque source.",
            codes=list(over.index),
        )


def _completed(
    weights: pd.DataFrame, lost: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Bring to one the weights that a source's sums only miss by how they were rounded.

    What a table states as lost outside counts among them; what a source lacks otherwise is
    outside every target, which is said.
    """
    # Sources are numbered: sums by texts take most of the time of a first table.
    numbered, sources = pd.factorize(
        pd.concat([weights["source"], lost["source"]]).to_numpy(dtype=object), sort=True
    )
    every = pd.concat([weights["weight"], lost["weight"]]).fillna(0.0).to_numpy(dtype=float)
    sums = pd.Series(every).groupby(numbered).sum().to_numpy()
    half = pd.Series(_half_digit(every)).groupby(numbered).min().to_numpy()
    gap = np.abs(sums - 1.0)
    whole = ~np.isin(sources, weights.loc[weights["link"] == PART, "source"].tolist())
    near = (gap <= np.bincount(numbered, minlength=len(sources)) * half + _EXCESS) & whole
    scale = np.where(near, sums, 1.0)[numbered]
    rounded = sources[near & (gap > _EXCESS)]
    short = ~near & (sums < 1.0) & whole & ~np.isin(sources, lost["source"].tolist())
    kept = weights.assign(weight=weights["weight"].to_numpy() / scale[: len(weights)])
    kept["low"] = np.fmin(kept["low"], kept["weight"])
    kept["high"] = np.fmax(kept["high"], kept["weight"])
    lost = lost.assign(weight=lost["weight"].to_numpy() / scale[len(weights) :])
    return kept, lost, _remarks(list(rounded), dict(zip(sources[short], sums[short], strict=True)))


def _half_digit(weights: Floats) -> Floats:
    """Half of the last decimal that each weight is written with; 0 for one that is not rounded."""
    half = np.zeros(len(weights))
    for decimals in range(_DECIMALS, _LEAST_DECIMALS - 1, -1):
        scaled = weights * 10.0**decimals
        written = np.abs(scaled - np.round(scaled)) < _EXCESS * np.maximum(np.abs(scaled), 1.0)
        half[written] = 0.5 * 10.0**-decimals
    return half


def _remarks(rounded: Sequence[str], short: Mapping[str, float]) -> tuple[str, ...]:
    """Say which sources were brought to one, and which sum to less."""
    remarks = []
    if rounded:
        remarks.append(
            f"Les poids arrondis de {plural(len(rounded), 'source')} ({named(rounded)}) sont "
            "ramenés à une somme de 1 : personne n’est perdu."
        )
    if short:
        least = min(short, key=lambda source: short[source])
        remarks.append(
            f"{plural(len(short), 'source')} ({named(short)}) {'ont' if len(short) > 1 else 'a'} "
            f"des poids dont la somme n’atteint pas 1 ({number(short[least], 3)} pour {least}) : "
            "le reste est compté hors de toute cible."
        )
    return tuple(remarks)


def _coverage(
    weights: pd.DataFrame, names: list[str], stated: Mapping[str, float]
) -> pd.Series[float]:
    covered = weights.groupby("target")["share"].sum().clip(upper=1.0)
    # Shares that were divided evenly may sum an ulp short of one.
    covered = covered.mask((covered - 1.0).abs() < _EXCESS, 1.0)
    index = pd.Index(names, dtype="str", name="target")
    covered = covered.reindex(index, fill_value=0.0).astype(float).rename("coverage")
    covered.update(pd.Series(dict(stated), dtype=float))
    return covered


def _outside(weights: pd.DataFrame, lost: pd.DataFrame) -> pd.Series[float]:
    held, gone = weights["source"].tolist(), lost["source"].tolist()
    place = {name: rank for rank, name in enumerate(sorted({*held, *gone}))}
    sums = np.zeros(len(place))
    found = weights["weight"].groupby(np.array([place[n] for n in held], int)).sum()
    sums[found.index] = found
    outside = np.clip(1.0 - sums, 0.0, None)
    outside[outside < _EXCESS] = 0.0
    parts = weights.loc[weights["link"] == PART, "source"].tolist()
    outside[[place[name] for name in parts]] = np.nan
    gap = np.abs(outside[[place[name] for name in gone]] - lost["weight"].to_numpy())
    if (gap > _EXCESS).any():
        raise UnknownNameError(
            f"La part hors cible de « {gone[int(np.nanargmax(gap))]} » ne complète pas ses poids à 1.",
            remedy="Retirez les lignes sans cible : elles se déduisent des autres.",
        )
    return pd.Series(
        outside, index=pd.Index(list(place), dtype="str", name="source"), name="outside"
    )


def _quality(split: Any) -> pd.DataFrame:
    if not split:
        return pd.DataFrame()
    index = pd.Index(split["index"], dtype="str", name="target")
    return pd.DataFrame(split["data"], index=index, columns=split["columns"])
