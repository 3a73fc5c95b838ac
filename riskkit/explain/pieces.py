"""Pieces of a tree: neighbouring leaves whose contributions hang on a few yes-or-no answers, tabulated once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import factorial

import numpy as np
import numpy.typing as npt

from riskkit.explain.forest import Leaf, Split

FloatArray = npt.NDArray[np.float64]

MOST_SPLITS = 10
"""Answers of a piece: tables of 1,024 rows, which stay in the processor's nearest memory."""


@dataclass(frozen=True)
class Piece:
    """Leaves of one tree and what they contribute, for every pattern of answers.

    Parameters
    ----------
    splits : tuple of Split
        The questions; the answer "left" to the j-th sets bit j of the pattern.
    features : tuple of int
        Features that contribute.
    table : numpy.ndarray of shape (n_features, 2 ** n_splits)
        Contribution of each feature by pattern.
    """

    splits: tuple[Split, ...]
    features: tuple[int, ...]
    table: FloatArray


def tabulate_tree(leaves: Sequence[Leaf]) -> list[Piece]:
    """Tabulate the contributions of a tree.

    Parameters
    ----------
    leaves : sequence of Leaf
        From left to right, none deeper than `MOST_SPLITS`.

    Returns
    -------
    list of Piece
        Their contributions add up to those of the tree.

    References
    ----------
    .. [1] Lundberg S. M. et al. (2020). From local explanations to global understanding with explainable AI for
       trees. Nature Machine Intelligence 2. doi:10.1038/s42256-019-0138-9
    .. [2] Yang J. (2021). Fast TreeSHAP: accelerating SHAP value computation for trees. arXiv:2109.09847
    """
    tables = _tabulate_leaves(leaves)
    return [
        _tabulate_piece([leaves[place] for place in group], [tables[place] for place in group])
        for group in _group_leaves(leaves)
    ]


def _group_leaves(leaves: Sequence[Leaf]) -> Iterator[list[int]]:
    """Take neighbouring leaves together as long as they ask few enough questions: they share the top of their paths."""
    group: list[int] = []
    asked: set[Split] = set()
    for place, leaf in enumerate(leaves):
        if group and len(asked.union(leaf.splits)) > MOST_SPLITS:
            yield group
            group, asked = [], set()
        group.append(place)
        asked.update(leaf.splits)
    if group:
        yield group


def _tabulate_piece(leaves: Sequence[Leaf], tables: Sequence[FloatArray]) -> Piece:
    splits = tuple(dict.fromkeys(split for leaf in leaves for split in leaf.splits))
    features = tuple(dict.fromkeys(feature for leaf in leaves for feature in leaf.features))
    answers, place = _list_patterns(len(splits)), {split: number for number, split in enumerate(splits)}
    row = {feature: number for number, feature in enumerate(features)}
    table = np.zeros((len(features), 1 << len(splits)))
    for leaf, values in zip(leaves, tables, strict=True):
        met = _meet(leaf, [answers[place[split]] for split in leaf.splits])
        pattern = np.zeros(table.shape[1], dtype=np.intp)
        for number, holds in enumerate(met):
            pattern |= holds.astype(np.intp) << number
        for number, feature in enumerate(leaf.features):
            table[row[feature]] += values[number].take(pattern)
    return Piece(splits, features, table)


def _meet(leaf: Leaf, answers: Iterable[npt.NDArray[np.bool_]]) -> list[npt.NDArray[np.bool_]]:
    """Say for each feature of a path where all its splits send the row along the path."""
    met: dict[int, npt.NDArray[np.bool_]] = {}
    for split, left, answer in zip(leaf.splits, leaf.lefts, answers, strict=True):
        holds = answer if left else ~answer
        met[split.feature] = met[split.feature] & holds if split.feature in met else holds
    return list(met.values())


def _tabulate_leaves(leaves: Sequence[Leaf]) -> list[FloatArray]:
    """Tabulate each leaf: contribution of each feature of its path by which of them the row meets."""
    tables: list[FloatArray] = [np.empty(0)] * len(leaves)
    sizes = [len(leaf.features) for leaf in leaves]
    for size in set(sizes):
        places = [place for place, other in enumerate(sizes) if other == size]
        shares = np.ones((len(places), size))
        for row, place in enumerate(places):
            leaf = leaves[place]
            column = {feature: number for number, feature in enumerate(leaf.features)}
            for split, share in zip(leaf.splits, leaf.shares, strict=True):
                shares[row, column[split.feature]] *= share
        values = np.array([leaves[place].value for place in places])
        for place, table in zip(places, compute_leaf_tables(values, shares), strict=True):
            tables[place] = table
    return tables


def compute_leaf_tables(values: FloatArray, shares: FloatArray) -> FloatArray:
    """Compute the Shapley values of leaves for every pattern of path features that a row meets.

    A leaf of value v is the game that pays v times the product over its features of 1 or 0 (met or not) where the
    feature is known, and of the share of training rows that go the leaf's way where it is not.

    Parameters
    ----------
    values : numpy.ndarray of shape (n_leaves,)
        Leaf values.
    shares : numpy.ndarray of shape (n_leaves, n_features)
        Share of rows that go the leaf's way, by feature of its path.

    Returns
    -------
    numpy.ndarray of shape (n_leaves, n_features, 2 ** n_features)
        Contribution by feature and pattern; bit j of the pattern is set where feature j is met.

    Examples
    --------
    One feature, met by a quarter of the rows: a row that meets it gains 3/4 of the leaf's 8, any other loses 1/4.

    >>> compute_leaf_tables(np.array([8.0]), np.array([[0.25]])).tolist()
    [[[-2.0, 6.0]]]
    """
    size = shares.shape[1]
    met = _list_patterns(size).astype(np.float64)
    weights = [factorial(known) * factorial(size - 1 - known) / factorial(size) for known in range(size)]
    table = np.empty((len(values), size, 1 << size))
    for mine in range(size):
        # Coefficient s: the game's pay summed over the coalitions of s other features.
        pays = np.zeros((size, len(values), 1 << size))
        pays[0] = values[:, None]
        for other in (feature for feature in range(size) if feature != mine):
            grown = pays[:-1] * met[other]
            pays *= shares[:, other, None]
            pays[1:] += grown
        mean = np.tensordot(weights, pays, axes=1)
        table[:, mine] = mean * (met[mine] - shares[:, mine, None])
    return table


@cache
def _list_patterns(size: int) -> npt.NDArray[np.bool_]:
    """List which of `size` answers are yes in each pattern."""
    return (np.arange(1 << size) >> np.arange(size)[:, None] & 1).astype(bool)
