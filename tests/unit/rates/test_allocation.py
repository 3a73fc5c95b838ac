"""Parts sum to the whole to the minor unit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.rates.allocation import allocate_budget, split_by_largest_remainder
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.policy import RatePolicy


@pytest.fixture
def frozen(policy: RatePolicy, members: pd.DataFrame) -> FrozenRates:
    return fit_rates(policy, members, reference_population="three members")


def test_units_left_over_go_to_the_largest_remainders() -> None:
    # of 10: 10 x (1, 2, 4) / 7 = 1.43, 2.86, 5.71 -> 1, 2, 5 and two left for .86 and .71
    assert split_by_largest_remainder(np.array([1.0, 2.0, 4.0]), 10).tolist() == [1, 3, 6]


def test_a_part_that_is_due_nothing_gets_nothing() -> None:
    assert split_by_largest_remainder(np.array([0.0, 1.0, 2.0]), 100).tolist() == [0, 33, 67]


def test_the_table_sums_to_its_budget(frozen: FrozenRates, members: pd.DataFrame) -> None:
    rates, _ = compute_rates(frozen, members)
    table = allocate_budget(frozen, rates)
    # 40% of 4,000 + 6,000 + 8,000 / 2 = 14,000
    assert table["allocated_minor"].sum() == frozen.budget_minor == 560_000
    assert table["allocated_minor"].dtype == np.int64


def test_another_population_than_the_fitted_one_is_refused(frozen: FrozenRates, members: pd.DataFrame) -> None:
    rates, _ = compute_rates(frozen, members)
    with pytest.raises(
        DataContractError, match=r"2 members are due .* but the budget of 3 members \(three members\) is"
    ):
        allocate_budget(frozen, rates.iloc[:2])
    with pytest.raises(DataContractError, match="3 members are due"):
        allocate_budget(frozen, rates.assign(exposure_months=12.0))
