"""The search takes the smallest largest move, then the smallest sum, whatever the number of rates."""

from __future__ import annotations

import numpy as np

from riskkit.rates.move_search import search_moves


def test_a_smaller_largest_move_goes_before_a_smaller_sum() -> None:
    # 20 = 2 x 10 moves one rate by two; 7 + 13 moves two by one
    limit = np.array([5, 5, 5])
    assert search_moves(np.array([10.0, 7.0, 13.0]), -limit, limit, 20.0).tolist() == [0, 1, 1]


def test_what_is_within_half_a_minor_unit_is_left() -> None:
    limit = np.array([5, 5])
    assert search_moves(np.array([10.0, 0.5]), -limit, limit, 0.5).tolist() == [0, 0]


def test_even_years_leave_an_odd_unit_and_come_within_one() -> None:
    # 2a + 4b is even, so 5 is missed by 1 whatever moves; within one unit each, 4 and 6 are as near, and 4 moves less
    limit = np.array([9, 9])
    assert search_moves(np.array([2.0, 4.0]), -limit, limit, 5.0).tolist() == [0, 1]


def test_many_rates_are_divided_from_the_largest_down_and_the_smallest_take_the_rest() -> None:
    # one rate of 1,000 years and 1,000 rates of one: 600 are the first up by one and 400 of the others down by one
    years = np.append(np.ones(1000), 1000.0)
    limit = np.full(1001, 3)
    moves = search_moves(years, -limit, limit, 600.0)
    assert abs(float(moves @ years) - 600.0) <= 0.5
    assert np.abs(moves).max() == 1


def test_twenty_rates_of_a_few_days_are_met_though_millions_of_moves_meet_them() -> None:
    years = np.arange(1.0, 21.0) / 365
    limit = np.ones(20, dtype=np.int64)
    moves = search_moves(years, -limit, limit, 0.56)
    # all 210 days are .575 years; at least .56 - .5 = .06 is asked for, and the largest single move is 20 / 365 = .055
    assert abs(float(moves @ years) - 0.56) <= 0.5
    assert np.abs(moves).sum() == 2
