"""Region factors, limits, and the factor that meets the budget."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.rates.adjustments import Limits, compute_region_factors, find_budget_factor
from riskkit.rates.policy import RatePolicy

AMOUNT, YEARS = np.array([0.4, 0.8, 1.0, 1.6, 5.0]), np.array([100.0, 300.0, 300.0, 200.0, 10.0])


def _factor(target: float, limits: Limits = Limits(0.5, 3.0), years: np.ndarray = YEARS) -> float:  # noqa: B008
    return find_budget_factor(AMOUNT, years, target=target, limits=limits, policy_name="worked")


def test_the_worked_case_of_the_methods_page_holds() -> None:
    assert _factor(910.0) == pytest.approx(830 / 860, rel=1e-15)


def test_without_limits_the_factor_is_a_ratio() -> None:
    # sum of years x amount = 40 + 240 + 300 + 320 + 50 = 950
    assert _factor(1900.0, Limits()) == pytest.approx(2.0, rel=1e-15)


def test_a_budget_at_either_end_is_met_with_everybody_at_the_limit() -> None:
    for target, limit in ((455.0, 0.5), (2730.0, 3.0)):
        paid = Limits(0.5, 3.0).clip(_factor(target) * AMOUNT)
        assert paid.tolist() == pytest.approx([limit] * 5, rel=1e-12)


@pytest.mark.parametrize("target", [454.0, 2731.0])
def test_a_budget_outside_floor_and_cap_is_refused(target: float) -> None:
    with pytest.raises(PolicyError, match=r"floor and cap allow 455\.00 to 2,730\.00 for the reference population"):
        _factor(target)


def test_members_without_exposure_do_not_move_the_factor() -> None:
    years = YEARS * np.array([1, 1, 1, 1, 0])
    # without the last: 100 x .5 + 860 k = 900
    assert _factor(900.0, years=years) == pytest.approx(850 / 860, rel=1e-15)


def test_a_region_without_a_factor_is_named_with_its_count(policy: RatePolicy) -> None:
    assert policy.region is not None
    regions = pd.Series(["east", "north", "north"])
    with pytest.raises(
        PolicyError, match=r"no factor for region 'north' \(2 of 3 members\), known: east, central, west"
    ):
        compute_region_factors(regions, policy.region, policy_name=policy.name)


def test_a_missing_region_is_refused(policy: RatePolicy) -> None:
    assert policy.region is not None
    with pytest.raises(DataContractError, match="region is missing for 1 of 2 members"):
        compute_region_factors(pd.Series(["east", None]), policy.region, policy_name=policy.name)
