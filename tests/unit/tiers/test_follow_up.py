"""What is owed, and since when."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from riskkit.errors import DataContractError
from riskkit.policy import read_policy
from riskkit.tiers.follow_up import FollowUpPolicy, make_worklist


@pytest.fixture
def schedule(policies: Path) -> FollowUpPolicy:
    return read_policy(policies.parent / "followup" / "diabetes.toml", FollowUpPolicy)


@pytest.fixture
def members() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": ["A", "B", "C"],
            "index_date": pd.Timestamp("2025-01-01"),
            "age_years": [40.0, 64.0, 65.0],
            "team_id": ["T2", "T1", None],
            "days_since_follow_up": [101.0, 10.0, np.nan],
            "days_since_hba1c": [182.0, 10.0, 10.0],
            "days_since_eye_exam": [10.0, 10.0, 400.0],
            "days_since_uacr_screen": 10.0,
            "days_since_neuropathy_screen": 10.0,
            "days_since_therapy_review": 100.0,
        }
    )


@pytest.fixture
def assigned(members: pd.DataFrame) -> pd.DataFrame:
    tiers = pd.DataFrame({"risk_tier": ["low", "low", "high"], "package": ["basic", "basic", "advanced"]})
    return pd.concat([members[["person_id", "index_date"]], tiers], axis=1)


def find(listed: pd.DataFrame, person: str, service: str) -> pd.Series:
    return listed[(listed["person_id"] == person) & (listed["service"] == service)].iloc[0]


def test_what_is_due_and_what_is_late(schedule: FollowUpPolicy, assigned: pd.DataFrame, members: pd.DataFrame) -> None:
    listed = make_worklist(schedule, assigned, members)
    # four visits a year: every 91 days, the last 101 days ago
    assert find(listed, "A", "follow_up")["overdue_days"] == 10
    # two HbA1c a year: every 182 days, so that it is due today and not late
    assert find(listed, "A", "hba1c")[["overdue_days", "due_date"]].tolist() == [0, pd.Timestamp("2025-01-01")]
    # once a year: 400 - 365
    assert find(listed, "C", "eye_exam")["overdue_days"] == 35
    # never given: due today
    assert find(listed, "C", "follow_up")["due_date"] == pd.Timestamp("2025-01-01")
    # the advanced package reviews the therapy every 91 days, the basic one every 182
    assert find(listed, "C", "therapy_review")["overdue_days"] == 9
    assert find(listed, "A", "therapy_review")["due_date"] == pd.Timestamp("2025-03-24")


def test_the_target_goes_by_age(schedule: FollowUpPolicy, assigned: pd.DataFrame, members: pd.DataFrame) -> None:
    # POLICY_RULES C20
    listed = make_worklist(schedule, assigned, members)
    assert listed.groupby("person_id")["hba1c_target"].first().tolist() == [6.5, 7.0, 8.0]


def test_the_list_is_by_team_the_latest_first(
    schedule: FollowUpPolicy, assigned: pd.DataFrame, members: pd.DataFrame
) -> None:
    listed = make_worklist(schedule, assigned, members)
    assert listed["team_id"].drop_duplicates().tolist() == ["T1", "T2", "no team"]
    for _, rows in listed.groupby("team_id"):
        assert rows["overdue_days"].is_monotonic_decreasing


def test_a_missing_feature_is_refused(schedule: FollowUpPolicy, assigned: pd.DataFrame, members: pd.DataFrame) -> None:
    with pytest.raises(DataContractError, match="column 'days_since_eye_exam' is missing"):
        make_worklist(schedule, assigned, members.drop(columns="days_since_eye_exam"))


def test_the_class_sets_the_frequency_where_it_asks_for_more(
    schedule: FollowUpPolicy, assigned: pd.DataFrame, members: pd.DataFrame
) -> None:
    # POLICY_RULES C3; the package has four visits a year: every 91 days. Key has twelve: every 30; general two.
    number = {"unit": "times a year", "reference": "drawn", "effective": "2025-01-01"}
    values = schedule.model_dump(mode="json", exclude_none=True)
    by_class = {"general": {**number, "value": 2}, "key": {**number, "value": 12}}
    values["services"][0]["per_year_by_class"] = by_class
    policy = FollowUpPolicy.model_validate(values)
    classes = assigned.assign(management_class=["key", "general", "regular"])
    listed = make_worklist(policy, classes, members)
    # A: 101 days ago, 30 due; B: 10 days ago, 81 left; C: never
    assert find(listed, "A", "follow_up")["overdue_days"] == 71
    assert find(listed, "B", "follow_up")["due_date"] == pd.Timestamp("2025-03-23")
    assert find(listed, "A", "hba1c")["overdue_days"] == 0
    # without a second axis the package alone counts
    assert find(make_worklist(policy, assigned, members), "A", "follow_up")["overdue_days"] == 10
    values["services"][0]["per_year_by_class"]["key"] = {**number, "value": 1}
    with pytest.raises(ValidationError, match="not fall from one to the next"):
        FollowUpPolicy.model_validate(values)
    values["services"][0]["per_year_by_class"] = {"closest": {**number, "value": 12}}
    with pytest.raises(ValidationError, match="must name some of general, regular, key"):
        FollowUpPolicy.model_validate(values)
