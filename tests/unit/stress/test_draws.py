"""The numbers of a path depend on seed, path and portfolio alone."""

from __future__ import annotations

import numpy as np

from riskkit.stress.draws import Draws, Shape

SHAPE = Shape(years=3, teams=2, tiers=2)


def test_a_path_has_the_same_numbers_in_any_batch() -> None:
    together, alone = Draws(SHAPE, 7, range(10)), Draws(SHAPE, 7, range(4, 5))
    for year in range(3):
        assert (together.shared(year)[:, 4] == alone.shared(year)[:, 0]).all()
        assert (together.cells(year)[:, 4] == alone.cells(year)[:, 0]).all()
        assert (together.points(year, 50)[4] == alone.points(year, 50)[0]).all()


def test_points_that_are_asked_for_later_do_not_move_the_earlier_ones() -> None:
    slow, fast = Draws(SHAPE, 7, range(2)), Draws(SHAPE, 7, range(2))
    few = slow.points(1, 5).copy()
    assert (slow.points(1, 200) == fast.points(1, 200)).all()
    assert (slow.points(1, 5) == few).all()


def test_the_years_of_a_longer_horizon_begin_alike() -> None:
    longer = Draws(Shape(years=5, teams=2, tiers=2), 7, range(2))
    assert (longer.cells(2) == Draws(SHAPE, 7, range(2)).cells(2)).all()


def test_paths_and_seeds_differ() -> None:
    first = Draws(SHAPE, 7, range(2))
    assert not np.array_equal(first.cells(0)[:, 0], first.cells(0)[:, 1])
    assert not np.array_equal(first.cells(0), Draws(SHAPE, 8, range(2)).cells(0))


def test_a_year_has_a_normal_for_each_use() -> None:
    # 4 shared; 2 teams x 2 tiers x (leave, one move, enter, cost).
    assert SHAPE.per_year == 4 + 4 * 4
    assert Draws(SHAPE, 0, range(3)).cells(0).shape == (4, 3, 2, 2)
