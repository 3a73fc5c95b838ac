"""What lies beyond what the fund has, or beyond the line of growth, is an amount and never cut here."""

from __future__ import annotations

from typing import Any

import pytest

from riskkit.rates.team_blocks import Affordability
from riskkit.workflow.affordability import describe_affordability
from riskkit.workflow.audit import read_audit_policy

SOURCE = {"unit": "as written", "reference": "test", "effective": "2025-01-01"}
CERTIFICATE = {"member_months": 12_000.0, "minor_units_per_currency_unit": 100, "budget_minor": 300_000_000}


def make_block(on_shortfall: str = "show", **values: float) -> Affordability:
    numbers: dict[str, Any] = {name: {"value": value, **SOURCE} for name, value in values.items()}
    return Affordability.model_validate({**numbers, "on_shortfall": on_shortfall})


def test_growth_is_held_against_the_line_where_last_year_is_known() -> None:
    # 3,000,000.00 over 1,000 member years is 3,000 a year; last year 2,800, and 5% more is 2,940: 60 a member year over
    found = describe_affordability(CERTIFICATE, None, read_audit_policy(None), last=2800.0)
    assert found is not None
    assert (found["asked"], found["paid"], found["last"]) == (3000.0, 3000.0, 2800.0)
    assert found["line"] == pytest.approx(2940.0)
    assert found["over_line_minor"] == 60 * 1000 * 100
    assert found["growth"] == pytest.approx(200 / 2800)
    assert (found["shortfall_minor"], found["affordable_minor"], found["scaled"]) == (0, None, False)


def test_a_cut_is_stated_beside_what_was_asked_for() -> None:
    certificate = CERTIFICATE | {
        "asked_minor": 300_000_000,
        "affordable_minor": 252_000_000,
        "budget_minor": 252_000_000,
    }
    block = make_block("scale", funding=6000, share=0.42)
    found = describe_affordability(certificate, block, read_audit_policy(None))
    assert found is not None
    # 42% of 6,000 is 2,520 a member year: 480 x 1,000 member years are missing, and were taken off the rates
    assert found["funding"] == pytest.approx(2520.0)
    assert (found["asked"], found["paid"]) == (3000.0, 2520.0)
    assert found["shortfall_minor"] == 480 * 1000 * 100
    assert found["scaled"]
    assert (found["last"], found["line"], found["over_line_minor"], found["growth"]) == (None, None, None, None)


def test_the_policys_own_line_and_prior_stand_where_last_year_was_not_rated() -> None:
    certificate = CERTIFICATE | {"asked_minor": 300_000_000, "affordable_minor": 275_600_000}
    found = describe_affordability(certificate, make_block(prior=2600, growth=0.06), read_audit_policy(None))
    assert found is not None
    assert found["growth_line"] == 0.06
    assert found["line"] == pytest.approx(2756.0)
    assert found["over_line_minor"] == found["shortfall_minor"] == 244 * 1000 * 100
    rated = describe_affordability(
        certificate, make_block(prior=2600, growth=0.06), read_audit_policy(None), last=2900.0
    )
    assert rated is not None
    assert rated["over_line_minor"] == 0


def test_nothing_is_said_where_neither_last_year_nor_the_fund_is_known() -> None:
    assert describe_affordability(CERTIFICATE, None, read_audit_policy(None)) is None
