"""Tables of pieces hold the Shapley values of the game that a path is, by enumeration of its orders."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from riskkit.explain.forest import Leaf, Split
from riskkit.explain.pieces import MOST_SPLITS, compute_leaf_tables, tabulate_tree


def _enumerate(value: float, shares: list[float], met: list[bool]) -> list[float]:
    """Average what a feature adds over every order in which features become known."""
    size, found = len(shares), np.zeros(len(shares))
    orders = list(permutations(range(size)))
    for order in orders:
        pay = value * np.prod(shares)
        for feature in order:
            grown = pay / shares[feature] * met[feature]
            found[feature] += grown - pay
            pay = grown
            if not pay:
                break  # nothing that becomes known later can change a pay of 0
    return (found / len(orders)).tolist()


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_leaf_tables_equal_the_average_over_all_orders(size) -> None:
    rng = np.random.default_rng(size)
    shares = rng.uniform(0.1, 0.9, size)
    table = compute_leaf_tables(np.array([3.0]), shares[None])[0]
    for pattern in range(1 << size):
        met = [bool(pattern >> bit & 1) for bit in range(size)]
        np.testing.assert_allclose(table[:, pattern], _enumerate(3.0, shares.tolist(), met), atol=1e-12)


def test_a_feature_that_splits_twice_is_one_player() -> None:
    # x <= 5 keeps half of the rows, x > 2 of those keep half: a quarter reaches the leaf of 8. Met: 8 - 2; else -2.
    high, low = Split(0, 5.0, "left"), Split(0, 2.0, "left")
    (piece,) = tabulate_tree([Leaf(8.0, (high, low), (True, False), (0.5, 0.5))])
    assert piece.features == (0,)
    # Bit 0 is x <= 5 and bit 1 is x <= 2, so the leaf is met at pattern 1 alone.
    assert piece.table.tolist() == [[-2.0, 6.0, -2.0, -2.0]]


def test_no_piece_asks_more_than_its_table_has_room_for() -> None:
    splits = [Split(number, 0.0, "left") for number in range(MOST_SPLITS + 3)]
    leaves = [Leaf(1.0, (splits[number], splits[number + 1]), (True, False), (0.5, 0.5)) for number in range(12)]
    pieces = tabulate_tree(leaves)
    assert len(pieces) == 2
    assert max(len(piece.splits) for piece in pieces) <= MOST_SPLITS
