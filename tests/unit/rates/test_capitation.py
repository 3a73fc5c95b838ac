"""Figures are fitted once; a member is rated alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.policy import RatePolicy

Number = Callable[[float], dict[str, Any]]


def test_columns_of_the_rate_table(policy: RatePolicy, members: pd.DataFrame) -> None:
    rates, _ = compute_rates(fit_rates(policy, members, reference_population="three members"), members)
    assert list(rates) == [
        "person_id",
        "index_date",
        "exposure_months",
        "expected_cost",
        "relative_risk_score",
        "relativity",
        "region_factor",
        "at_floor",
        "at_cap",
        "rate_amount",
        "rate_minor",
    ]
    assert rates["rate_minor"].dtype == np.int64


def test_scoring_needs_no_exposure(policy: RatePolicy, members: pd.DataFrame) -> None:
    frozen = fit_rates(policy, members, reference_population="three members")
    rates, _ = compute_rates(frozen, members.drop(columns=["exposure_months", "risk_tier"]))
    with_exposure, _ = compute_rates(frozen, members)
    assert "exposure_months" not in rates
    assert rates["rate_minor"].tolist() == with_exposure["rate_minor"].tolist()


def test_a_new_member_beside_them_leaves_the_others_rates_alone(policy: RatePolicy, members: pd.DataFrame) -> None:
    frozen = fit_rates(policy, members, reference_population="three members")
    newcomer = members.iloc[[0]].assign(person_id="Z", expected_cost=1e6)
    alone, _ = compute_rates(frozen, members)
    beside, _ = compute_rates(frozen, pd.concat([newcomer, members]))
    pd.testing.assert_frame_equal(beside.iloc[:3], alone)


def test_a_base_amount_far_from_the_budget_is_refused(
    values: dict[str, Any], members: pd.DataFrame, number: Number
) -> None:
    # 40% of 14,000 is 5,600.00; a floor of half of 100,000 over 2.5 member years asks for 125,000
    values["base"] = {"method": "amount", "amount": number(100_000)}
    with pytest.raises(PolicyError, match=r"\[budget\]: 5,600\.00 cannot be met: .* 125,000\.00 to 750,000\.00"):
        fit_rates(RatePolicy.model_validate(values), members, reference_population="three members")


def test_a_budget_below_half_a_minor_unit_is_refused(
    values: dict[str, Any], members: pd.DataFrame, number: Number
) -> None:
    values["budget"] = {"basis": "total", "number": number(0.004)}
    with pytest.raises(PolicyError, match="less than half a minor unit"):
        fit_rates(RatePolicy.model_validate(values), members, reference_population="three members")


def test_scores_rounded_to_nothing_are_refused(values: dict[str, Any], members: pd.DataFrame, number: Number) -> None:
    values["relative_risk"] |= {"coding_factor": number(0.9), "decimals": number(0)}
    with pytest.raises(PolicyError, match="leave every relativity at 0"):
        fit_rates(RatePolicy.model_validate(values), members, reference_population="three members")


def test_a_rate_of_zero_is_refused(values: dict[str, Any], members: pd.DataFrame) -> None:
    del values["floor_cap"]
    free = members.assign(expected_cost=[0.0, 6000.0, 8000.0])
    frozen = fit_rates(RatePolicy.model_validate(values), free, reference_population="three members")
    with pytest.raises(
        DataContractError, match=r"1 of 3 members have a rate .* \(first person_id 'A': 0 minor units\)"
    ):
        compute_rates(frozen, free)


def test_the_same_member_in_two_years_is_rated_twice(policy: RatePolicy, members: pd.DataFrame) -> None:
    both = pd.concat([members, members.assign(index_date=pd.Timestamp("2026-01-01"))])
    rates, ledger = compute_rates(fit_rates(policy, both, reference_population="two years"), both)
    assert rates["person_id"].tolist() == list("AABBCC")
    assert len(ledger) == 6 * 7
