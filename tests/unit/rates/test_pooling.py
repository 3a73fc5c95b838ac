"""What a pool bears, by spend and by residual, and its charge."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from riskkit.errors import DataContractError
from riskkit.rates.pooling import Pooling, compute_pooled_amount, fit_pooling_charge

Number = Callable[[float], dict[str, Any]]


def make_pooling(number: Number, by: str, threshold: float, ceded: float, **more: float) -> Pooling:
    values = {"threshold": number(threshold), "ceded": number(ceded)} | {name: number(v) for name, v in more.items()}
    return Pooling.model_validate({"by": by, **values})


@pytest.mark.parametrize(
    ("threshold", "removed", "spread"), [(30_000, 0.184, 1.34), (60_000, 0.088, 1.65), (100_000, 0.046, 1.86)]
)
def test_pooling_of_a_lognormal_removes_the_published_share(
    threshold: float, removed: float, spread: float, number: Number
) -> None:
    # METHODS 6 [V]: mean 6,600, CV 2.5. Cost at the middle of 400,000 equally likely slices.
    sigma = np.sqrt(np.log(1 + 2.5**2))
    z = np.array([NormalDist().inv_cdf((place + 0.5) / 400_000) for place in range(400_000)])
    cost = 6_600 * np.exp(sigma * z - sigma**2 / 2)
    pooled = compute_pooled_amount(make_pooling(number, "spend", threshold, 1.0), cost, np.zeros_like(cost))
    kept = cost - pooled
    assert pooled.mean() / 6_600 == pytest.approx(removed, abs=0.0012)
    assert kept.std() / kept.mean() == pytest.approx(spread, abs=0.01)


def test_by_spend_pays_for_a_member_who_was_paid_for_and_by_residual_does_not(number: Number) -> None:
    # METHODS 6 [V]: threshold 60,000, 80% ceded: .8 x 30,000 = 24,000; the residual of 20,000 is below
    cost, payment = np.array([90_000.0]), np.array([70_000.0])
    found = [
        compute_pooled_amount(make_pooling(number, by, 60_000, 0.8), cost, payment)[0] for by in ("spend", "residual")
    ]
    assert found == [24_000.0, 0.0]


def test_sixty_percent_above_a_million(number: Number) -> None:
    # METHODS 6 [R], the HHS pool: .6 x (1.2M - 1M) = 120,000
    pool = make_pooling(number, "spend", 1e6, 0.6)
    assert compute_pooled_amount(pool, np.array([1.2e6]), np.zeros(1)).tolist() == [120_000.0]


def test_an_extreme_profit_is_paid_back(number: Number) -> None:
    # payment 70,000, cost 5,000: profit 65,000, of which 80% beyond 60,000 = 4,000 goes back
    pool = make_pooling(number, "residual", 60_000, 0.8, profit_threshold=60_000)
    assert compute_pooled_amount(pool, np.array([5_000.0]), np.array([70_000.0])).tolist() == [-4_000.0]


def test_a_written_charge_is_a_share_of_the_mean_and_needs_no_observed_cost(number: Number) -> None:
    pool = make_pooling(number, "spend", 60_000, 1.0, charge=0.088)
    assert fit_pooling_charge(pool, pd.DataFrame(), 6_600.0) == pytest.approx(580.8)


def test_a_charge_without_observed_cost_is_refused(number: Number, members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match=r"fitted on observed_cost.* or write \[pooling.charge\]"):
        fit_pooling_charge(make_pooling(number, "spend", 60_000, 1.0), members, 5_600.0)


def test_a_fraction_above_one_and_a_threshold_of_zero_are_refused(number: Number) -> None:
    with pytest.raises(ValidationError, match=r"must be between 0 and 1, got 1\.2"):
        make_pooling(number, "spend", 60_000, 1.2)
    with pytest.raises(ValidationError, match=r"must be above 0, got 0\.0"):
        make_pooling(number, "spend", 0.0, 1.0)
