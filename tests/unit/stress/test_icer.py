"""A service is suspended in the third year in a row above the threshold, not before, and a gap begins anew."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.stress.icer import assess_icer
from riskkit.stress.terms import IcerRule
from tests.stress_policies import number

RULE = IcerRule.model_validate({"multiple": number(3), "gdp_per_head": number(100), "years": number(3)})


def years(costs: dict[int, float], effect: float = 1.0) -> pd.DataFrame:
    return pd.DataFrame({"year": list(costs), "extra_cost_amount": list(costs.values()), "extra_effect": effect})


def test_the_third_year_in_a_row_above_the_threshold_suspends() -> None:
    found = assess_icer(years({2023: 400, 2020: 301, 2021: 299, 2022: 500, 2024: 350, 2025: 300}), RULE)
    # Threshold 300, not passed by 300 itself. 2022, 2023, 2024 are in a row.
    assert found["above"].tolist() == [True, False, True, True, True, False]
    assert found["suspended"].tolist() == [False, False, False, False, True, False]


def test_a_missing_year_ends_a_run() -> None:
    assert not assess_icer(years({2020: 400, 2021: 400, 2023: 400}), RULE)["suspended"].any()


def test_no_effect_has_no_ratio() -> None:
    with pytest.raises(DataContractError, match="first year 2020 is not"):
        assess_icer(years({2020: 400}, effect=0.0), RULE)
