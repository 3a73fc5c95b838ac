"""Use and cost by setting and window; activity never enters a rate."""

from __future__ import annotations

from collections.abc import Callable

from riskkit.data.vocabulary import SETTINGS
from riskkit.features.utilization import SETTING_WORDS, WINDOWS, utilization_features


def test_every_setting_is_counted_and_summed_over_every_window() -> None:
    names = {feature.name for feature in utilization_features()}
    assert SETTING_WORDS.keys() == set(SETTINGS)
    for setting in SETTINGS:
        for days in WINDOWS:
            assert {f"{setting}_visits_{days}d", f"{setting}_allowed_amount_{days}d"} <= names


def test_names_say_their_window_and_nothing_enters_a_rate() -> None:
    for feature in utilization_features():
        assert feature.policy == "clinical"
        if feature.name.endswith("d") and feature.aggregate != "derived":
            assert feature.name.rsplit("_", 1)[1] == f"{feature.window_days}d"


def test_totals_are_the_sum_over_settings(compute: Callable[..., dict[str, float]]) -> None:
    rows = [
        {"setting": "inpatient", "start_date": "2023-12-01", "allowed_amount": 1000.0, "paid_amount": 700.0},
        {"setting": "outpatient", "start_date": "2023-06-01", "allowed_amount": 50.0, "paid_amount": 20.0},
        {"setting": "emergency", "start_date": "2022-06-01", "allowed_amount": 300.0, "paid_amount": None},
    ]
    names = [
        "allowed_amount_90d",
        "allowed_amount_365d",
        "allowed_amount_730d",
        "paid_amount_730d",
        "allowed_amount_trend",
    ]
    # 1,000; 1,050; 1,350; 720; 1,000 of 1,050
    assert list(compute(names, medical_claim=rows).values()) == [1000, 1050, 1350, 720, 1000 / 1050]


def test_use_and_cost_change_from_year_to_year(compute: Callable[..., dict[str, float]]) -> None:
    rows = [
        {"setting": "outpatient", "start_date": "2023-12-01", "allowed_amount": 100.0, "member_amount": 25.0},
        {"setting": "outpatient", "start_date": "2023-06-01", "allowed_amount": 50.0, "member_amount": 35.0},
        {"setting": "outpatient", "start_date": "2022-06-01", "allowed_amount": 400.0},
    ]
    names = ["outpatient_visits_change", "outpatient_allowed_amount_change", "allowed_amount_change"]
    # Two visits after one; 150 after 400
    assert list(compute(names, medical_claim=rows).values()) == [1, -250, -250]
    assert compute(["member_amount_share_365d"], medical_claim=rows) == {"member_amount_share_365d": 60 / 150}


def test_tertiary_care_is_that_of_level_three_and_taken_back_with_it(compute: Callable[..., dict[str, float]]) -> None:
    visit = {"setting": "outpatient", "start_date": "2023-06-01", "allowed_amount": 100.0, "facility_level": 3}
    rows = [
        {**visit, "facility_id": "F1"},
        {**visit, "facility_id": "F1", "start_date": "2023-07-01"},
        {**visit, "facility_id": "F1", "start_date": "2023-07-01", "adjustment": "reversal", "allowed_amount": -100.0},
        {**visit, "facility_id": "F2", "facility_level": 1},
        {**visit, "facility_id": None, "facility_level": None},
    ]
    names = ["tertiary_visits_365d", "tertiary_allowed_amount_365d", "distinct_facilities_365d"]
    assert list(compute(names, medical_claim=rows).values()) == [1, 100, 2]
