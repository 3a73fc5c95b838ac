"""The first words on the page are the ones an actuary must not miss."""

from __future__ import annotations

from typing import Any

import pytest

from riskkit.report.rivals import beats
from riskkit.report.verdict import make_verdict

Summary = dict[str, Any]


def test_a_booster_that_does_not_beat_a_comparator_is_said_first(annual_summary: Summary) -> None:
    # interval of the booster: .732 to .752; a logistic model at .735 lies inside it
    annual_summary["outcomes"]["admission"]["comparators"]["logistic"]["auroc"]["value"] = 0.735
    verdict = make_verdict(annual_summary)
    assert verdict["headline"].startswith("The booster does not beat every comparator")
    assert (
        "does not beat the logistic model: AUROC 0.742 (95% interval 0.732 to 0.752) against 0.735"
        in verdict["sentences"][0]
    )
    assert verdict["tone"] == "warn"


def test_a_booster_that_beats_all_is_said_after_the_gates(annual_summary: Summary) -> None:
    annual_summary["drift"] = None
    verdict = make_verdict(annual_summary)
    assert verdict["headline"] == "Both gates pass. The booster beats every comparator."
    assert verdict["tone"] == "good"
    assert any(
        "above the 0.651 of age and sex alone and 0.718 of the logistic model" in s for s in verdict["sentences"]
    )


def test_failed_gates_are_named_with_figure_and_limit(annual_summary: Summary) -> None:
    annual_summary["gates"][0] |= {"figure": 1.051, "verdict": "fail"}
    verdict = make_verdict(annual_summary)
    assert "Of 2 gates 1 fails." in verdict["headline"]
    wanted = "Observed / expected of “Any admission within 12 months” is 1.051 (limit 0.97 to 1.03)"
    assert any(wanted in sentence for sentence in verdict["sentences"])
    assert verdict["tone"] == "bad"


def test_an_inconclusive_gate_is_neither_passed_nor_failed(annual_summary: Summary) -> None:
    annual_summary["gates"][0] |= {"figure": 1.04, "verdict": "inconclusive"}
    verdict = make_verdict(annual_summary | {"drift": None})
    assert verdict["headline"].startswith("Of 2 gates 1 is inconclusive.")
    assert "Outside the limit, but within the reach of chance: Observed / expected" in " ".join(verdict["sentences"])
    assert verdict["tone"] == "warn"


@pytest.mark.parametrize(
    ("verdict", "tone", "words"),
    [("refuse", "bad", "the model is refused there"), ("recalibrate", "warn", "not to be used there without")],
)
def test_drift_is_in_the_headline(annual_summary: Summary, verdict: str, tone: str, words: str) -> None:
    annual_summary["drift"]["outcomes"]["next_year_cost"]["verdict"] = verdict
    made = make_verdict(annual_summary)
    assert words in made["headline"]
    assert made["tone"] == tone
    assert any("observed / expected 0.490, and 1.010 after recalibration" in text for text in made["sentences"])


def test_the_data_and_the_members_are_named(annual_summary: Summary) -> None:
    text = " ".join(make_verdict(annual_summary)["sentences"])
    assert "Of 1,234,567 records 1,234,500 were accepted and 67 set aside." in text
    assert "learned from 12,000 member records (one for each member and index date)" in text
    assert "were calibrated on 6,000 and tested on 2,000" in text


def test_a_budget_that_is_missed_by_a_cent_is_said(annual_summary: Summary) -> None:
    annual_summary["rates"]["allocated_minor"] -= 1
    text = " ".join(make_verdict(annual_summary)["sentences"])
    assert "CNY 8,000,000.00 against a budget of CNY 8,000,000.01: the two differ" in text


def test_a_scheme_without_gates_is_not_called_good(discharge_summary: Summary) -> None:
    verdict = make_verdict(discharge_summary)
    assert verdict["headline"].startswith("No acceptance gate was set.")
    assert verdict["tone"] == "warn"


def test_without_an_interval_nothing_is_beaten() -> None:
    assert not beats({"r2": {"value": 0.9, "low": None, "high": None}}, {"r2": {"value": 0.1}}, "r2")
    assert not beats({"r2": {"value": 0.9, "low": 0.8, "high": 0.95}}, {}, "r2")
