"""Every step of a rate keeps the order, and the figure that breaks it is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from riskkit.data.presets import find_presets
from riskkit.policy import read_policy
from riskkit.rates.capitation import fit_rates
from riskkit.rates.frozen import FrozenRates
from riskkit.rates.order import check_rate_order
from riskkit.rates.policy import RatePolicy

Number = Callable[[float], dict[str, Any]]
TIERS = ["low", "medium", "high"]
SIGNS = {"age_years": 1, "any_complication_730d": 1, "egfr_latest_730d": -1, "is_female": 0}


@pytest.fixture
def frozen(policy: RatePolicy, members: pd.DataFrame) -> FrozenRates:
    return fit_rates(policy, members, reference_population="three members")


def verdicts(frozen: FrozenRates) -> dict[str, str]:
    table = check_rate_order(frozen, SIGNS, TIERS)
    return dict(zip(table["step"], table["verdict"], strict=True))


def found(frozen: FrozenRates, step: str) -> str:
    return str(check_rate_order(frozen, SIGNS, TIERS).set_index("step").loc[step, "found"])


def test_every_step_of_the_shipped_policy_holds_and_a_step_that_is_not_taken_has_no_row(frozen: FrozenRates) -> None:
    steps = ["2 score", "3 relativity", "6 base", "7 region", "9 limits", "10 budget", "13 rounding"]
    assert verdicts(frozen) == dict.fromkeys(steps, "holds")


@pytest.mark.parametrize(
    ("field", "step"), [("normalization_factor", "2 score"), ("base_amount", "6 base"), ("budget_factor", "10 budget")]
)
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan")])
def test_a_figure_that_is_not_positive_is_found(frozen: FrozenRates, field: str, step: str, value: float) -> None:
    assert verdicts(replace(frozen, **{field: value}))[step] == "fails"


def test_a_region_whose_factor_turned_negative_is_named(frozen: FrozenRates) -> None:
    broken = replace(frozen, region_normalization=-1.0)
    assert verdicts(broken)["7 region"] == "fails"
    assert found(broken, "7 region") == "east -1.2, central -1, west -0.8"


def test_a_higher_tier_with_a_lower_relativity_is_named(values: dict[str, Any], members: pd.DataFrame) -> None:
    values["relative_risk"] = {"method": "tier_mean"}
    fitted = fit_rates(RatePolicy.model_validate(values), members, reference_population="three members")
    assert verdicts(fitted)["3 relativity"] == "holds"
    broken = replace(fitted, tier_relativities={"high": 1.1, "medium": 1.3, "low": 0.8})
    assert verdicts(broken)["3 relativity"] == "fails"
    assert found(broken, "3 relativity") == "high 1.1 after medium 1.3"


@pytest.mark.parametrize(("amount", "verdict"), [(0.25, "holds"), (0.26, "fails"), (3.0, "fails")])
def test_want_of_evidence_may_not_pay_more_than_the_lowest_tier(
    values: dict[str, Any], members: pd.DataFrame, amount: float, verdict: str
) -> None:
    # POLICY_RULES contradiction 2: not testing never pays
    values["relative_risk"] = {"method": "tier_mean"}
    fitted = fit_rates(RatePolicy.model_validate(values), members, reference_population="three members")
    table = replace(fitted, tier_relativities={"low": 0.25, "medium": 0.5, "high": 1.0, "unassessed": amount})
    assert verdicts(table)["3 relativity"] == verdict
    if verdict == "fails":
        assert found(table, "3 relativity") == f"unassessed {amount:g} above low 0.25: not testing would pay"


def test_the_shipped_table_of_tiers_does_not_pay_for_want_of_evidence() -> None:
    policy = read_policy(find_presets() / "models" / "rates" / "tier_base.toml", RatePolicy)
    table = {name: number.value for name, number in policy.relative_risk.tiers.items()}
    assert table["unassessed"] <= min(value for name, value in table.items() if name != "unassessed")


@pytest.mark.parametrize(
    ("column", "verdict"),
    [("any_complication_730d", "holds"), ("egfr_latest_730d", "fails"), ("is_female", "not claimed")],
)
def test_an_uplift_for_the_healthier_is_found(
    values: dict[str, Any], members: pd.DataFrame, number: Number, column: str, verdict: str
) -> None:
    values["relative_risk"] = {"method": "flat"}
    condition = {**number(60), "column": column, "held_by": ["*complication*"]}
    uplift = {"name": "extra", "share": number(0.2), "conditions": [condition]}
    values["modifiers"] = {"combine": "max", "uplifts": [uplift]}
    policy = RatePolicy.model_validate(values)
    fitted = fit_rates(policy, members.assign(**{column: [0.0, 70.0, 70.0]}), reference_population="three members")
    assert verdicts(fitted)["8 uplift extra"] == verdict


def test_the_table_of_new_enrollees_may_not_fall_with_age(
    values: dict[str, Any], frozen: FrozenRates, number: Number
) -> None:
    values["new_enrollees"] = {"column": "months", "lookback": number(12), "ages": [number(50), number(65)]}
    policy = RatePolicy.model_validate(values)
    rising = {"F youngest": 0.8, "F 50+": 1.0, "F 65+": 1.0, "M youngest": 0.9, "M 50+": 1.1, "M 65+": 1.2}
    assert verdicts(replace(frozen, policy=policy, new_enrollee_scores=rising))["2 new enrollees"] == "holds"
    # a cell that nobody was in is rated at 1, which is less than the 1.1 of the band before
    gap = {name: score for name, score in rising.items() if name != "M 65+"}
    broken = replace(frozen, policy=policy, new_enrollee_scores=gap)
    assert found(broken, "2 new enrollees") == "M 65+: 1.000 after 1.100"
    assert verdicts(broken)["2 new enrollees"] == "fails"
