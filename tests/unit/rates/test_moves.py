"""Rates of a small table move by whole minor units: within their gaps, frozen, and read by the rate before."""

from __future__ import annotations

import math

import numpy as np
import pytest

from riskkit.rates.blocks import Rounding
from riskkit.rates.moves import MOST_MOVE, apply_moves, bound_moves, fit_moves, get_most_move


def test_one_rate_for_all_members_does_not_move() -> None:
    # 700 years are 700 minor units a step: 100 missing are nearer to none than to one
    assert fit_moves(np.full(700, 3000.0), np.ones(700), budget=2_100_100, limits=(0.0, math.inf)) == {}


def test_a_rate_that_stands_at_the_floor_or_the_cap_does_not_move() -> None:
    lowest, highest = bound_moves(np.array([5000.0, 7000.0, 9000.0]), limits=(5000.0, 9000.0), most_move=0.001)
    assert (lowest.tolist(), highest.tolist()) == ([0, -7, 0], [0, 7, 0])


def test_a_rate_beside_a_limit_stops_before_it() -> None:
    # 5,003 may fall to 5,001, one above the floor, and 8,999 may not rise to the cap of 9,000
    lowest, highest = bound_moves(np.array([5003.0, 8999.0]), limits=(5000.0, 9000.0), most_move=0.001)
    assert (lowest.tolist(), highest.tolist()) == ([-2, -8], [5, 0])


def test_rates_one_unit_apart_keep_their_places() -> None:
    lowest, highest = bound_moves(np.array([5000.0, 5001.0]), limits=(0.0, math.inf), most_move=0.001)
    assert (lowest.tolist(), highest.tolist()) == ([-5, 0], [0, 5])


def test_a_rate_of_no_class_stops_at_a_rate_that_moved() -> None:
    # 3,000 rose to 3,002 and 3,010 fell to 3,007: between them 3,001 is lifted, 3,009 lowered, 3,005 left
    moved = apply_moves(np.array([2999.0, 3000.0, 3001.0, 3005.0, 3009.0, 3010.0, 3011.0]), {3000: 2, 3010: -3})
    assert moved.tolist() == [2999.0, 3002.0, 3002.0, 3005.0, 3007.0, 3007.0, 3011.0]


def test_a_policy_may_give_its_own_largest_move() -> None:
    number = {"value": 0.0005, "unit": "fraction of the rate", "reference": "test", "effective": "2025-01-01"}
    unit = {**number, "value": 0.01}
    own = Rounding.model_validate({"method": "half_even", "minor_unit": unit, "most_move": number})
    none = Rounding.model_validate({"method": "half_even", "minor_unit": unit})
    assert (get_most_move(own), get_most_move(none)) == (0.0005, MOST_MOVE)


@pytest.mark.parametrize("value", [-0.1, 0.02])
def test_a_largest_move_beyond_a_hundredth_is_refused(value: float) -> None:
    number = {"value": value, "unit": "fraction of the rate", "reference": "test", "effective": "2025-01-01"}
    with pytest.raises(ValueError, match=r"at least 0 and at most 0\.01"):
        Rounding.model_validate({"method": "half_even", "minor_unit": {**number, "value": 0.01}, "most_move": number})
