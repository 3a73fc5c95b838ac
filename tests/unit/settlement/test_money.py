"""Money is exact until it is rounded once, and parts sum to the whole."""

from __future__ import annotations

from fractions import Fraction

import pytest

from riskkit.errors import DataContractError
from riskkit.settlement.money import exact, split_whole, to_minor


def test_a_number_is_taken_as_it_is_written() -> None:
    assert exact(0.1) + exact(0.2) == exact(0.3)
    assert exact(1e-7) == Fraction(1, 10_000_000)


def test_halves_go_to_the_even_unit() -> None:
    assert [to_minor(Fraction(odd, 2)) for odd in (1, 3, 5, -1, -3)] == [0, 2, 2, 0, -2]


def test_units_left_over_go_to_the_largest_remainders() -> None:
    # 10 x (.55, .275, .175) = 5.5, 2.75, 1.75: floors 5, 2, 1; two units left for the remainders .75 and .75
    assert split_whole(10, [exact(0.55), exact(0.275), exact(0.175)]) == [5, 3, 2]
    assert split_whole(-10, [exact(0.55), exact(0.275), exact(0.175)]) == [-5, -3, -2]


@pytest.mark.parametrize("weights", [[Fraction(0)], [Fraction(2), Fraction(-1)]])
def test_weights_that_cannot_split_are_refused(weights: list[Fraction]) -> None:
    with pytest.raises(ValueError, match="weights must be at least 0"):
        split_whole(10, weights)


def test_an_endless_number_is_refused() -> None:
    with pytest.raises(DataContractError, match="found the number inf"):
        exact(float("1e400"))
