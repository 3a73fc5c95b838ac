"""Uplifts: how they combine, and that no model is paid twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from riskkit.errors import PolicyError
from riskkit.policy import read_policy, read_toml
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.modifiers import Modifiers, compute_modifier, refuse_double_count
from riskkit.rates.policy import RatePolicy

MODELS = Path(__file__).parents[3] / "models" / "rates"
MEMBERS = pd.DataFrame({"age_years": [40.0, 65.0, 40.0, 80.0, np.nan], "any_complication_730d": [0, 0, 1, 1, np.nan]})


def make_modifiers(combine: str) -> Modifiers:
    block = read_toml(MODELS / "flat_uplift.toml")["modifiers"]
    assert isinstance(block, dict)
    return Modifiers.model_validate({**block, "combine": combine})


@pytest.mark.parametrize(("combine", "both"), [("max", 1.2), ("add", 1.4), ("product", 1.44)])
def test_two_uplifts_of_a_fifth_combine_as_the_policy_says(combine: str, both: float) -> None:
    # POLICY_RULES contradiction 4
    found = compute_modifier(make_modifiers(combine), MEMBERS)
    assert found.tolist() == pytest.approx([1.0, 1.2, 1.2, both, 1.0])


@pytest.mark.parametrize("feature", ["age_years", "nephropathy_730d", "dcsi_total_730d", "dx_stroke_730d"])
def test_an_uplift_is_refused_where_the_model_holds_age_or_complication(feature: str) -> None:
    with pytest.raises(PolicyError, match=f"already holds '{feature}'"):
        refuse_double_count(make_modifiers("max"), ["is_urban", feature], policy_name="drawn")


def test_a_condition_is_held_by_its_own_column_whatever_the_policy_lists() -> None:
    block = make_modifiers("max").model_dump(mode="json")
    block["uplifts"][0]["conditions"][0] |= {"column": "hba1c_latest_365d", "held_by": ["nothing"]}
    with pytest.raises(PolicyError, match="already holds 'hba1c_latest_365d'"):
        refuse_double_count(Modifiers.model_validate(block), ["hba1c_latest_365d"], policy_name="drawn")


def test_a_model_whose_features_are_not_known_is_refused_too(values: dict[str, Any], members: pd.DataFrame) -> None:
    values["modifiers"] = make_modifiers("max").model_dump(mode="json")
    policy = RatePolicy.model_validate(values)
    frame = members.assign(age_years=70.0, any_complication_730d=0.0)
    with pytest.raises(PolicyError, match="the features of the rated model are not known"):
        fit_rates(policy, frame, reference_population="three members")
    with pytest.raises(PolicyError, match="already holds 'age_years'"):
        fit_rates(policy, frame, reference_population="three members", model_features=["age_years"])


def test_a_model_without_either_takes_the_uplift_and_still_meets_the_budget(
    values: dict[str, Any], members: pd.DataFrame
) -> None:
    values["modifiers"] = make_modifiers("max").model_dump(mode="json")
    frame = members.assign(age_years=[70.0, 40.0, 40.0], any_complication_730d=0.0)
    frozen = fit_rates(
        RatePolicy.model_validate(values), frame, reference_population="three members", model_features=["is_urban"]
    )
    rates, ledger = compute_rates(frozen, frame)
    assert rates["modifier_factor"].tolist() == [1.2, 1.0, 1.0]
    assert 8 in ledger["step"].to_numpy()
    # 40% of 4,000 + 6,000 + 8,000 / 2
    assert (rates["rate_amount"] * frame["exposure_months"] / 12).sum() == pytest.approx(5_600, abs=0.02)


def test_the_flat_rate_needs_no_features() -> None:
    policy = read_policy(MODELS / "flat_uplift.toml", RatePolicy)
    assert policy.columns == ["age_years", "any_complication_730d"]


def test_a_discount_is_no_uplift(number: Callable[[float], dict[str, Any]]) -> None:
    condition = {**number(65), "column": "age_years", "held_by": ["age_*"]}
    with pytest.raises(ValidationError, match="never lowers the rate of the sicker"):
        Modifiers.model_validate(
            {"combine": "max", "uplifts": [{"name": "old", "share": number(-0.1), "conditions": [condition]}]}
        )
