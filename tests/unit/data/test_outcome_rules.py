"""What a rule of outcomes must say, and what contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from riskkit.data.outcome_rules import CodeRule, EventRules, LabRule, PlannedCare, StayRule

LIMIT = {"value": 60.0, "unit": "x", "reference": "x", "effective": "2024-01-01"}


@pytest.mark.parametrize(
    ("rule", "values", "said"),
    [
        (CodeRule, {"within_days": 60}, "needs groups or pairs"),
        (CodeRule, {"groups": ["a:b"]}, "within_days: given with outpatient_dates = 2"),
        (CodeRule, {"groups": ["a:b"], "outpatient_dates": 0, "within_days": 60}, "within_days: given with"),
        (CodeRule, {"groups": ["a:b"], "inpatient_dates": 0, "outpatient_dates": 0}, "no setting proves anything"),
        (CodeRule, {"groups": ["a:b"], "outpatient_dates": 3, "within_days": 60}, "outpatient_dates"),
        (LabRule, {"measure": "egfr", "within_days": 60}, "exactly one limit is needed"),
        (LabRule, {"measure": "egfr", "within_days": 60, "below": LIMIT, "at_least": LIMIT}, "exactly one limit"),
        (LabRule, {"measure": "egfr", "below": LIMIT, "apart_days": 90, "within_days": 60}, "at least apart_days = 90"),
        (EventRules, {"washout_days": 0}, "needs at least one rule"),
        (PlannedCare, {}, "planned care needs at least one group"),
    ],
)
def test_a_rule_that_nothing_can_meet_is_refused(rule: Any, values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        rule.model_validate(values)


def test_every_group_that_rules_name_is_listed_once() -> None:
    rules = EventRules(
        washout_days=0,
        codes=(CodeRule(groups=("l:a",), pairs=(("l:b", "l:c"),), within_days=60),),
        stays=(StayRule(name="x", principal=("l:a",), procedures=("l:d",), without_diagnoses=("l:e",)),),
        prevalent=("l:a", "l:f"),
    )
    assert rules.names == ("l:a", "l:b", "l:c", "l:d", "l:e", "l:f")
    assert PlannedCare(principal=("l:a",), procedures=("l:a",), drg=("l:b",)).names == ("l:a", "l:b")
