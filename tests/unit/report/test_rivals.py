"""A booster that does not beat a simpler model by the paired difference is said so, one that does is not."""

from __future__ import annotations

from typing import Any

import pytest

from riskkit.report.rivals import beats, list_lost, sort_rivals
from riskkit.report.verdict import make_verdict

Summary = dict[str, Any]


def _differ(summary: Summary, low: float, high: float) -> Summary:
    """Give the admission model a paired difference from the logistic model."""
    middle = {"value": (low + high) / 2, "low": low, "high": high}
    summary["outcomes"]["admission"]["differences"] = {"logistic": {"auroc": middle}, "age_sex": {"auroc": middle}}
    return summary


def test_the_paired_difference_decides_over_the_two_intervals() -> None:
    test, other = {"auroc": {"value": 0.74, "low": 0.72, "high": 0.76}}, {"auroc": {"value": 0.73}}
    assert not beats(test, other, "auroc")
    assert beats(test, other, "auroc", {"value": 0.01, "low": 0.004, "high": 0.016})
    assert not beats(test, {"auroc": 0.5}, "auroc", {"value": 0.01, "low": -0.001, "high": 0.02})
    assert not beats(test, {"auroc": 0.5}, "auroc", {"value": 0.01, "low": None, "high": None})


def test_a_booster_that_is_not_better_is_the_first_thing_on_the_page(annual_summary: Summary) -> None:
    verdict = make_verdict(_differ(annual_summary, -0.002, 0.004))
    assert verdict["headline"].startswith("The booster does not beat every comparator outside its interval")
    first = verdict["sentences"][0]
    assert (
        "“Any admission within 12 months” the booster does not beat age and sex alone and the logistic model" in first
    )
    assert "0.718 of the logistic model (difference 0.001, −0.002 to 0.004)" in first
    assert verdict["tone"] in {"warn", "bad"}


def test_a_booster_that_is_better_in_every_replicate_is_not(annual_summary: Summary) -> None:
    verdict = make_verdict(_differ(annual_summary, 0.002, 0.008))
    assert "does not beat" not in verdict["headline"]
    assert "does not beat" not in verdict["sentences"][0]
    assert sort_rivals(annual_summary["outcomes"]["admission"])[1] == []


@pytest.mark.parametrize(("low", "lines"), [(-0.002, 1), (0.002, 0)])
def test_the_terminal_says_it_too(annual_summary: Summary, low: float, lines: int) -> None:
    told = list(list_lost(_differ(annual_summary, low, 0.008)))
    assert len(told) == lines
    assert all(line.startswith("NOT BEATEN: “Any admission within 12 months”") for line in told)
