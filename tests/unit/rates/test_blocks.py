"""Each block of a rate policy refuses numbers that make no sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from riskkit.rates.blocks import Base, Budget, FloorCap, Region, RelativeRisk, Rounding, Trend

Number = Callable[[float], dict[str, Any]]


def test_a_trend_compounds_over_its_months(number: Number) -> None:
    # 1.1 ^ (18 / 12) = 1.1 x sqrt(1.1) = 1.1 x 1.0488088 = 1.1536897
    assert Trend(annual=number(0.1), months=number(18)).factor == pytest.approx(1.1536897)


@pytest.mark.parametrize("value", [-1.0, -2.0])
def test_a_trend_that_leaves_nothing_is_refused(number: Number, value: float) -> None:
    with pytest.raises(ValidationError, match="must be above -1"):
        Trend(annual=number(value), months=number(12))


@pytest.mark.parametrize("floor_and_cap", [(0.5, 0.5), (2.0, 1.0), (-0.1, 3.0)])
def test_a_cap_not_above_its_floor_is_refused(number: Number, floor_and_cap: tuple[float, float]) -> None:
    floor, cap = floor_and_cap
    with pytest.raises(ValidationError, match="cap must be above floor"):
        FloorCap(floor=number(floor), cap=number(cap))


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_budget_that_is_no_positive_amount_is_refused(number: Number, value: float) -> None:
    with pytest.raises(ValidationError, match="must be above 0"):
        Budget(basis="total", number=number(value))


def test_a_share_of_the_cost_in_per_cent_is_refused(number: Number) -> None:
    with pytest.raises(ValidationError, match=r"got 40, expected at most 1. Write it .* 0.4 for 40%"):
        Budget(basis="expected_cost", number=number(40.0))
    assert Budget(basis="expected_cost", number=number(1.0)).number.value == 1
    assert Budget(basis="total", number=number(40.0)).number.value == 40


def test_a_region_factor_of_zero_is_refused(number: Number) -> None:
    with pytest.raises(ValidationError, match="factor of 'west' must be above 0"):
        Region(renormalise=True, factors={"east": number(1.2), "west": number(0.0)})


@pytest.mark.parametrize("value", [0.0, 0.03, 100.0])
def test_a_minor_unit_that_does_not_divide_the_currency_is_refused(number: Number, value: float) -> None:
    with pytest.raises(ValidationError, match="must divide one currency unit"):
        Rounding(method="half_even", minor_unit=number(value))


def test_a_minor_unit_of_one_cent_gives_a_hundred(number: Number) -> None:
    assert Rounding(method="half_even", minor_unit=number(0.01)).per_currency_unit == 100


def test_an_amount_goes_with_its_method_only(number: Number) -> None:
    with pytest.raises(ValidationError, match="amount goes with method 'amount'"):
        Base(method="budget", amount=number(1200))
    with pytest.raises(ValidationError, match="amount goes with method 'amount'"):
        Base(method="amount")
    with pytest.raises(ValidationError, match="amount must be above 0"):
        Base(method="amount", amount=number(0))


def test_a_base_from_the_budget_takes_no_trend(number: Number) -> None:
    with pytest.raises(ValidationError, match="already money of the rate year"):
        Base(method="budget", trend={"annual": number(0.05), "months": number(12)})


def test_a_coding_factor_of_one_and_half_a_decimal_are_refused(number: Number) -> None:
    with pytest.raises(ValidationError, match="at least 0 and less than 1"):
        RelativeRisk(method="individual", coding_factor=number(1.0))
    with pytest.raises(ValidationError, match="whole number from 0 to 15"):
        RelativeRisk(method="individual", decimals=number(0.5))
