"""Numerators and denominators are counted from the year's records, by the rules of their indicator."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.settlement.measures import YearOfCare, compute_measures
from tests.unit.settlement.conftest import number
from tests.unit.settlement.test_scorecard import indicator, make_scorecard

MEMBERS = pd.DataFrame(
    # young (below 6.5), middle (below 7.0), old (below 8.0), old and never tested
    {"person_id": ["y", "m", "o", "n"], "team_id": ["T", "T", "T", "T"], "age": [30.0, 50.0, 70.0, 70.0]}
)


def days(*rows: tuple[Any, ...], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    for name in [column for column in columns if column.endswith("date")]:
        frame[name] = pd.to_datetime(frame[name])
    return frame


def make_year(**change: pd.DataFrame) -> YearOfCare:
    tables = {
        "care_events": days(columns=["person_id", "date", "kind"]),
        "lab_results": days(columns=["person_id", "date", "analyte", "value"]),
        "stays": days(
            columns=["claim_id", "person_id", "start_date", "end_date", "admission_type", "discharge_status"]
        ),
        "visits": days(columns=["person_id", "date"]),
        **change,
    }
    return YearOfCare(MEMBERS, end=pd.Timestamp("2024-01-01"), **tables)


def count(measure: dict[str, Any], year: YearOfCare) -> list[float]:
    scorecard = make_scorecard({"a": indicator(100, measure=measure)})
    return compute_measures(scorecard, year)[["numerator", "denominator"]].iloc[0].tolist()


CONTROL = {
    "kind": "control",
    "analyte": "hba1c",
    "untested": "missed",
    "targets": [
        {"from_age": number(age, "years"), "below": number(limit, "%")}
        for age, limit in ((0, 6.5), (45, 7.0), (65, 8.0))
    ],
}


def test_control_takes_the_latest_value_against_the_target_of_the_age() -> None:
    labs = days(
        ("y", "2023-02-01", "hba1c", 6.4),
        ("y", "2023-09-01", "hba1c", 6.5),  # the limit itself is not below it
        ("m", "2023-03-01", "hba1c", 9.0),
        ("m", "2023-10-01", "hba1c", 6.9),
        ("o", "2023-05-01", "hba1c", 7.9),
        ("n", "2023-05-01", "ldl", 5.0),
        columns=["person_id", "date", "analyte", "value"],
    )
    assert count(CONTROL, make_year(lab_results=labs)) == [2, 4]
    assert count({**CONTROL, "untested": "left_out"}, make_year(lab_results=labs)) == [2, 3]


def test_services_and_tests_count_from_so_many_on() -> None:
    events = days(
        *[("y", "2023-02-01", "follow_up")] * 4,
        *[("m", "2023-02-01", "follow_up")] * 3,
        ("m", "2023-02-01", "eye_exam"),
        columns=["person_id", "date", "kind"],
    )
    year = make_year(care_events=events)
    assert count({"kind": "care", "event": "follow_up", "times": number(4)}, year) == [1, 4]
    assert count({"kind": "care", "event": "eye_exam", "times": number(1)}, year) == [1, 4]


STAYS = days(
    ("1", "y", "2023-03-01", "2023-03-10", "emergency", "home"),
    ("2", "y", "2023-04-09", "2023-04-12", "emergency", "home"),  # day 30 after the first
    ("3", "m", "2023-05-01", "2023-05-05", "emergency", "home"),
    ("4", "m", "2023-05-20", "2023-05-25", "elective", "home"),  # planned
    ("5", "o", "2023-06-01", "2023-06-09", "emergency", "died"),
    ("6", "n", "2023-12-20", "2024-01-02", "emergency", "home"),  # left after the year
    columns=["claim_id", "person_id", "start_date", "end_date", "admission_type", "discharge_status"],
)


def test_readmissions_are_unplanned_stays_after_discharges_alive() -> None:
    measure = {"kind": "readmission", "days": number(30, "days")}
    # discharges 1, 2, 3, 4; only 1 is followed by an unplanned stay within 30 days
    assert count(measure, make_year(stays=STAYS)) == [1, 4]
    assert count({**measure, "days": number(29, "days")}, make_year(stays=STAYS)) == [0, 4]


def test_a_visit_within_a_week_of_discharge_counts_and_one_on_the_day_does_not() -> None:
    visits = days(("y", "2023-03-10"), ("y", "2023-04-19"), ("m", "2023-05-06"), columns=["person_id", "date"])
    # y after 2: day 7; m after 3: day 1; y after 1: the day itself
    measure = {"kind": "visit_after_discharge", "days": number(7, "days")}
    assert count(measure, make_year(stays=STAYS, visits=visits)) == [2, 4]


def test_admissions_count_members_once_and_within_the_year() -> None:
    assert count({"kind": "admission"}, make_year(stays=STAYS)) == [4, 4]


CONTACTS = days(
    ("y", "2022-12-20", "outpatient", 3),
    ("y", "2023-01-10", "outpatient", 1),  # 21 days after it: no first contact
    ("y", "2023-03-01", "outpatient", 3),  # first, at a hospital
    ("y", "2023-03-02", "outpatient", 1),
    ("m", "2023-02-01", "outpatient", 1),  # first, at the primary institution that refers to a hospital on the day
    ("m", "2023-02-01", "inpatient", 3),
    ("m", "2023-03-03", "chronic_clinic", 1),  # day 30 after it: no first contact
    ("o", "2023-05-01", "emergency", 3),  # an emergency is no choice,
    ("o", "2023-05-20", "outpatient", 2),  # and what follows it no first contact
    ("o", "2023-09-01", "chronic_clinic", 1),  # first
    ("n", "2023-04-01", "outpatient", None),  # at a level that is not known
    ("n", "2024-01-05", "outpatient", 1),  # after the year
    ("z", "2023-04-01", "outpatient", 1),  # no member of ours
    columns=["person_id", "date", "setting", "level"],
)


def test_first_contacts_are_counted_by_where_care_was_sought_first() -> None:
    measure = {"kind": "first_contact", "gap": number(30, "days"), "level": number(1, "level")}
    year = make_year(contacts=CONTACTS)
    assert count(measure, year) == [2, 3]
    # of a gap of 29 days the clinic on day 30 is one more; up to level 3 all are primary
    assert count({**measure, "gap": number(29, "days")}, year) == [3, 4]
    assert count({**measure, "level": number(3, "level")}, year) == [3, 3]
    assert count(measure, make_year()) == [0, 0]


def test_reported_rates_come_from_their_file() -> None:
    scorecard = make_scorecard({"a": indicator(100)})
    reported = pd.DataFrame({"team_id": ["T"], "indicator": ["a"], "numerator": [45], "denominator": [50]})
    table = compute_measures(scorecard, make_year(), reported)
    assert table[["numerator", "denominator"]].iloc[0].tolist() == [45, 50]
    assert count({"kind": "reported"}, make_year()) == [0, 0]


@pytest.mark.parametrize("change", [{"indicator": ["b"]}, {"team_id": ["Z"]}, {"numerator": [60]}, {"numerator": [-1]}])
def test_a_report_that_cannot_be_is_refused(change: dict[str, list[Any]]) -> None:
    row = {"team_id": ["T"], "indicator": ["a"], "numerator": [45], "denominator": [50], **change}
    with pytest.raises(DataContractError, match="one row per team with members in the year and indicator of a"):
        compute_measures(make_scorecard({"a": indicator(100)}), make_year(), pd.DataFrame(row))
