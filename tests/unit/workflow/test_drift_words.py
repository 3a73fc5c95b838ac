"""What is said of a later year is true of what was done, and no word stands twice."""

from __future__ import annotations

import re
from typing import Any

import pytest

from riskkit.workflow.drift_words import LEFT, say_finding


def report(choice: str = "keep", *, verdict: str = "stable", left: bool = False, tested: bool = True) -> dict[str, Any]:
    ratio = {"oe_ratio": {"value": 1.1}, "calibration_slope": {"value": 1.0}}
    update = {
        "choice": choice,
        "made": choice != "keep",
        "tests": [{"p_value": 0.2}] if tested else [],
        "events": 7,
        "detectable": 0.45,
        "oe_error_of_other_half": 0.1,
    }
    figures = {"expected_ratio": 0.9, "oe_ratio": 1.1, "reason": "why"}
    return {**figures, "verdict": verdict, "left": left, "update": update, "before": ratio, "after": ratio}


def test_a_model_that_is_off_and_left_says_that_the_year_is_too_small_to_tell() -> None:
    text = say_finding("Admission", report(verdict="recalibrate", left=True))
    assert f". {LEFT}. Its map was put to the test on half of the persons (no change is needed" in text
    assert LEFT not in say_finding("Admission", report("intercept", verdict="recalibrate"))


def test_too_few_events_to_test_at_all_are_said_of_a_model_that_is_kept_and_of_one_that_is_off() -> None:
    kept = {**report(tested=False), "after": None}
    few = "Too few events to tell: 7 on half of the persons, and of events or of persons without one fewer than 10"
    assert say_finding("Admission", kept).endswith(f"(O/E 1.100). {few}: it is kept.")
    off = say_finding("Admission", report(verdict="recalibrate", left=True, tested=False))
    assert off.endswith(f"{LEFT}. {few}; on the other half O/E is 1.100.")


@pytest.mark.parametrize("choice", ["keep", "intercept", "slope", "refit"])
@pytest.mark.parametrize("step", [False, True])
def test_no_word_stands_twice(choice: str, step: bool) -> None:
    assert not re.search(r"\b(\w+) \1\b", say_finding("Admission", report(choice), step=step))
