"""Blocks beside the simpler models: what is better, what could not be had, teams, months and the random split."""

from __future__ import annotations

from riskkit.report.comparison_section import (
    make_contrast_note,
    make_difference_table,
    make_follow_up_note,
    make_month_table,
    make_team_note,
    make_uncalibrated_note,
)

GAIN = {"value": 0.02, "low": 0.01, "high": 0.03, "better": "model"}
OUTCOME = {
    "kind": "binary",
    "differences": {"logistic": {"auroc": GAIN, "brier_score": GAIN | {"better": "comparator"}}},
    "comparators_absent": {"gam": "interpret-core is not installed: install riskkit with the extra 'gam'"},
}


def test_an_absent_comparator_is_named_with_its_reason() -> None:
    table = make_difference_table(OUTCOME)
    assert table is not None
    assert "Not shown: the additive model (EBM): interpret-core is not installed" in table["note"]


def test_a_difference_says_who_is_better() -> None:
    table = make_difference_table(OUTCOME)
    assert table is not None
    _, auroc, brier = table["rows"][0]
    assert auroc == {"text": "0.020", "sub": "0.010 to 0.030; the booster", "tone": ""}
    assert brier["sub"].endswith("the comparator")
    assert brier["tone"] == "bad"


def test_few_teams_are_called_too_few() -> None:
    teams = {"teams": 19, "auroc": {"value": 0.7, "low": 0.68, "high": 0.72}}
    note = make_team_note({"kind": "binary", "test_teams": teams})
    assert note is not None
    assert "AUROC 0.680 to 0.720" in note["text"]
    assert "fewer than 30 teams" in note["text"]
    assert make_team_note({"kind": "binary", "test_teams": None}) is None


def test_a_month_that_is_withheld_shows_no_number() -> None:
    month = {"month": 1, "members": 90.0, "events": None, "auroc": None, "oe_ratio": None, "low": None, "high": None}
    table = make_month_table({"by_month": [month]})
    assert table is not None
    assert [cell["text"] for cell in table["rows"][0]] == ["1", "<11", "–", "–"]


def test_a_random_split_is_told_beside_the_temporal_one() -> None:
    contrast = {"temporal": {"auroc": {"value": 0.70}}, "random": {"auroc": {"value": 0.75}}}
    note = make_contrast_note({"kind": "binary", "random_split": contrast})
    assert note is not None
    assert "AUROC is 0.700 on the year that nothing has seen, and 0.750 where" in note["text"]
    assert make_contrast_note({"kind": "binary"}) is None


def test_a_horizon_says_who_left_who_died_and_how_far_age_goes() -> None:
    found = {
        "rows_evaluated": 2000,
        "left_before_horizon": 300,
        "dropped_for_censoring": 0,
        "deaths": 4,
        "observed": {"value": 0.0341, "low": 0.03, "high": 0.04},
        "auroc_age": {"value": 0.61, "low": 0.58, "high": 0.64},
        "auroc_gain_over_age": {"value": 0.05, "low": 0.02, "high": 0.08},
    }
    note = make_follow_up_note({"kind": "binary", "follow_up": found})
    assert note is not None
    assert note["text"] == (
        "Of 2,000 test members 300 left before the horizon; those who stayed stand for them, and 0 were dropped. "
        "<11 died without the event, which competes with it. Observed, by Aalen and Johansen: 3.4%. "
        "Age alone has AUROC 0.610; the booster less age 0.050 (0.020 to 0.080)."
    )
    assert make_follow_up_note({"kind": "binary"}) is None


def test_a_horizon_without_a_map_of_its_own_says_so_and_why() -> None:
    note = make_uncalibrated_note({"calibration": {"method": "identity", "not_calibrated": "nobody was followed"}})
    assert note is not None
    assert (note["text"], note["tone"]) == ("This horizon is not calibrated: nobody was followed.", "warn")
    assert make_uncalibrated_note({"calibration": {"method": "identity"}}) is None


def test_a_random_split_that_a_hazard_cannot_have_is_not_passed_over() -> None:
    note = make_contrast_note({"kind": "binary", "random_split_absent": "it is not made for a hazard"})
    assert note is not None
    assert note["text"] == "No random split beside the split by time: it is not made for a hazard."
