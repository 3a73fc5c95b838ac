"""The steps keep their order, and a block that is absent is a step that is not taken."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from riskkit.rates.capitation import fit_rates
from riskkit.rates.policy import RatePolicy
from riskkit.rates.steps import compute_steps


def _steps(values: dict[str, Any], members: pd.DataFrame) -> list[int]:
    frozen = fit_rates(RatePolicy.model_validate(values), members, reference_population="three members")
    totals, _ = compute_steps(frozen, members)
    return list(totals)


def test_every_block_is_a_step_in_the_fixed_order(values: dict[str, Any], members: pd.DataFrame) -> None:
    values["relative_risk"]["method"] = "tier_mean"
    assert _steps(values, members) == [1, 2, 3, 6, 7, 9, 10]


def test_a_policy_without_optional_blocks_prices_base_times_score(
    values: dict[str, Any], members: pd.DataFrame
) -> None:
    for block in ("region", "floor_cap", "budget"):
        del values[block]
    values["base"]["method"] = "reference_cost"
    assert _steps(values, members) == [1, 2, 6]


def test_the_first_two_steps_sum_to_the_members_own_expected_cost(policy: RatePolicy, members: pd.DataFrame) -> None:
    totals, _ = compute_steps(fit_rates(policy, members, reference_population="three members"), members)
    assert totals[1].tolist() == [5600.0] * 3
    assert totals[2].tolist() == pytest.approx(members["expected_cost"].tolist(), rel=1e-15)
