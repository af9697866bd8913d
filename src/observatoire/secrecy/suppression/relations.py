"""What ties cells together: each relation is a row of ``M`` in ``published = M · inner``.

Hierarchies, zonings that cut each other, differences between perimeters, categories and their
total, periods that are sums: all are relations, and nothing else distinguishes them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from observatoire.errors import SecrecyError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import enumerate_words

Label: TypeAlias = Hashable


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a total that does not simply add up: negated, or weighted.

    A rate published with its hidden denominator is the relation
    ``("chômeurs", [Part("actifs", 0.125)])``; a difference between two perimeters is
    ``("couronne", ["commune", Part("centre", -1)])``.

    Parameters
    ----------
    label : Hashable
        Label of the cell.
    weight : float
        What one unit of the cell brings to the total.

    Examples
    --------
    >>> Part("centre", -1)
    Part(label='centre', weight=-1)
    """

    label: Label
    weight: float = 1.0


Relation: TypeAlias = tuple[Label, Sequence[Label | Part]]


def relation_matrix(
    relations: Iterable[Relation],
    position: Mapping[Label, int],
) -> tuple[sparse.csr_array, tuple[Label, ...]]:
    """Write relations as a matrix whose product with the cells is zero.

    Rows are sorted and repeated relations kept once, so that the order in which the caller
    wrote them changes nothing.

    Parameters
    ----------
    relations : iterable of (total, parts)
        The relations, by labels.
    position : mapping
        Column of each label.

    Returns
    -------
    tuple
        The matrix, and the label of the total of each row.

    Examples
    --------
    >>> matrix, totals = relation_matrix([("T", ["a", "b"])], {"T": 0, "a": 1, "b": 2})
    >>> matrix.toarray().tolist(), totals
    ([[-1.0, 1.0, 1.0]], ('T',))
    """
    rows: dict[tuple[tuple[int, float], ...], Label] = {}
    for number, relation in enumerate(relations, start=1):
        total, parts = _unpack(relation, number)
        rows.setdefault(_row(total, parts, position, number), total)
    ordered = sorted(rows)
    columns = [column for row in ordered for column, _ in row]
    weights = [weight for row in ordered for _, weight in row]
    starts = np.cumsum([0, *(len(row) for row in ordered)])
    matrix = sparse.csr_array(
        (np.array(weights, dtype=float), np.array(columns, dtype=np.int64), starts),
        shape=(len(ordered), len(position)),
    )
    return matrix, tuple(rows[row] for row in ordered)


def _unpack(relation: Relation, number: int) -> tuple[Label, list[Part]]:
    try:
        total, members = relation
        parts = [part if isinstance(part, Part) else Part(part) for part in _listed(members)]
    except (TypeError, ValueError) as error:
        raise SecrecyError(
            f"Ce n’est pas une relation : {relation!r}.",
            where=f"relation n° {number}",
            remedy='Écrivez-la (total, [parties]) : ("commune", ["nord", "sud"]).',
            relation=relation,
        ) from error
    if not parts:
        raise SecrecyError(
            f"Le total « {total} » n’a aucune partie.",
            where=f"relation n° {number}",
            why="Une relation vide dirait que ce total est nul.",
            remedy="Retirez la relation, ou donnez ses parties.",
            relation=relation,
        )
    return total, parts


def _listed(members: object) -> list[Any]:
    """Refuse a single string, whose letters would be taken for labels."""
    if isinstance(members, str) or not isinstance(members, Iterable):
        raise TypeError(members)
    return list(members)


def _row(
    total: Label,
    parts: list[Part],
    position: Mapping[Label, int],
    number: int,
) -> tuple[tuple[int, float], ...]:
    labels = [total, *(part.label for part in parts)]
    _check_labels(labels, position, number)
    for part in parts:
        if not np.isfinite(part.weight) or part.weight == 0:
            raise SecrecyError(
                f"La partie « {part.label} » a un poids de {part.weight!r}.",
                where=f"relation n° {number}, total « {total} »",
                why="Un poids nul ou infini ne relie rien.",
                remedy="Donnez un poids fini et non nul, ou retirez la partie.",
                label=part.label,
            )
    columns = [position[label] for label in labels]
    return tuple(sorted(zip(columns, [-1.0, *(float(p.weight) for p in parts)], strict=True)))


def _check_labels(labels: list[Label], position: Mapping[Label, int], number: int) -> None:
    unknown = [label for label in labels if label not in position]
    if unknown:
        raise SecrecyError(
            f"Cellule inconnue : « {unknown[0]} ».",
            where=f"relation n° {number}, total « {labels[0]} »",
            why="Une relation mal écrite laisserait passer une soustraction.",
            remedy=suggestion(str(unknown[0]), (str(label) for label in position)),
            labels=unknown,
        )
    repeated = [label for rank, label in enumerate(labels) if label in labels[:rank]]
    if repeated:
        raise SecrecyError(
            f"La cellule « {repeated[0]} » y figure deux fois.",
            where=f"relation n° {number}, total « {labels[0]} »",
            why="Elle serait comptée double, et le secret calculé sur une fausse somme.",
            remedy="Ne l’écrivez qu’une fois ; pour la peser, employez Part(cellule, poids).",
            labels=repeated,
        )


def spell(matrix: sparse.csr_array, row: int, labels: Sequence[Label], total: Label) -> str:
    """Write a row of the matrix as a French reader would: the total, then its parts.

    Examples
    --------
    >>> matrix, totals = relation_matrix([("T", ["a", "b"])], {"T": 0, "a": 1, "b": 2})
    >>> spell(matrix, 0, ["T", "a", "b"], totals[0])
    'T = a et b'
    """
    columns = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
    parts = [str(labels[column]) for column in columns if labels[column] != total]
    return f"{total} = {enumerate_words(parts, most=6)}"
