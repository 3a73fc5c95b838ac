"""Blocks for teams are refused for members; what the fund can pay is the smaller limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from riskkit.rates.policy import RatePolicy
from riskkit.rates.team_blocks import Affordability, Corridor, TeamCredibility, Withhold

Number = Callable[[float], dict[str, Any]]


def test_credibility_in_a_members_rate_is_refused() -> None:
    with pytest.raises(ValidationError, match="Own experience in a member's rate rewards inefficiency"):
        TeamCredibility.model_validate({"level": "member"})


def test_a_corridor_on_members_is_refused_because_it_breaks_monotony(number: Number) -> None:
    # METHODS 6 [V]: targets 8,000 (prior 3,000) and 7,000 (prior 9,000) would become 3,300 and 8,100
    assert (min(8_000, 3_000 * 1.1), max(7_000, 9_000 * 0.9)) == (pytest.approx(3_300), pytest.approx(8_100))
    with pytest.raises(ValidationError, match="can make the sicker one cheaper"):
        Corridor.model_validate({"level": "member", "down": number(0.1), "up": number(0.1)})


def test_what_the_fund_can_pay_is_the_smaller_of_share_and_growth(number: Number) -> None:
    limits = {"funding": number(12_000), "share": number(0.5), "prior": number(4_800), "growth": number(0.05)}
    assert Affordability.model_validate({**limits, "on_shortfall": "show"}).most_per_member_year == pytest.approx(5_040)


@pytest.mark.parametrize("missing", ["funding", "share", "prior", "growth"])
def test_half_a_limit_is_refused(missing: str, number: Number) -> None:
    limits = {"funding": number(12_000), "share": number(0.5), "prior": number(4_800), "growth": number(0.05)}
    del limits[missing]
    with pytest.raises(ValidationError, match="needs funding with share, prior with growth"):
        Affordability.model_validate({**limits, "on_shortfall": "show"})


def test_a_whole_budget_is_not_withheld(number: Number) -> None:
    with pytest.raises(ValidationError, match="less than 1"):
        Withhold.model_validate({"share": number(1.0), "released_by": "scorecard"})


def test_scaling_needs_a_budget_to_scale(values: dict[str, Any], number: Number) -> None:
    del values["budget"]
    values["base"] = {"method": "reference_cost"}
    values["affordability"] = {"funding": number(1), "share": number(1), "on_shortfall": "scale"}
    with pytest.raises(ValidationError, match="needs a \\[budget\\] block to scale"):
        RatePolicy.model_validate(values)
