"""A record that is added moves every feature that such a record would move, and no other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from riskkit.cohort.eligibility import CohortSpec
from riskkit.data.io import read_tables, write_tables
from riskkit.data.privacy import read_id_key
from riskkit.workflow.added_records import RecordSample, build_additions, take_sample
from riskkit.workflow.gaming_records import list_additions
from riskkit.workflow.members import build_members, plan_features

ROOT = Path(__file__).parents[3]
FEATURES = [
    "dx_copd_730d",
    "dx_copd_confirmed_730d",
    "dx_copd_records_365d",
    "distinct_diagnoses_365d",
    "outpatient_visits_365d",
    "inpatient_visits_365d",
    "allowed_amount_365d",
    "hba1c_latest_365d",
]
DAY = pd.Timestamp("2024-01-01")
# A had two visits, B one, C a stay; D has the code, once in the last two years; E was never seen.
CLAIMS = [
    ("A1", "A", "outpatient", "2023-05-01", 100.0),
    ("A2", "A", "outpatient", "2023-09-01", 200.0),
    ("B1", "B", "chronic_clinic", "2023-06-01", 50.0),
    ("C1", "C", "inpatient", "2023-07-01", 9000.0),
    ("D1", "D", "outpatient", "2023-08-01", 70.0),
    ("D2", "D", "outpatient", "2021-08-01", 70.0),
]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> RecordSample:
    people = list("ABCDE")
    claims = pd.DataFrame(CLAIMS, columns=["claim_id", "person_id", "setting", "start_date", "allowed_amount"])
    claims["start_date"] = pd.to_datetime(claims["start_date"])
    stay = claims["setting"].eq("inpatient")
    claims = claims.assign(
        end_date=claims["start_date"] + pd.to_timedelta(stay * 4, unit="D"),
        paid_amount=claims["allowed_amount"] / 2,
        adjustment="original",
    )
    claims["available_date"] = claims["end_date"] + pd.Timedelta(days=10)
    codes = claims.assign(code=["I10.x00"] * 4 + ["J44.900"] * 2, vocabulary="who_cn", position=1)
    codes = codes.rename(columns={"claim_id": "record_id", "start_date": "date", "setting": "source"})
    frames = {
        "person": pd.DataFrame({"person_id": people, "birth_date": pd.Timestamp("1960-01-01"), "sex": "female"}),
        "enrollment": pd.DataFrame(
            {"person_id": people, "start_date": pd.Timestamp("2020-01-01"), "end_date": pd.Timestamp("2025-01-01")}
        ),
        "medical_claim": claims,
        "diagnosis": codes[
            ["record_id", "position", "person_id", "date", "available_date", "code", "vocabulary", "source"]
        ],
        "lab_result": pd.DataFrame(
            {
                "record_id": ["L1"],
                "person_id": ["A"],
                "date": [pd.Timestamp("2023-10-01")],
                "available_date": [pd.Timestamp("2023-10-02")],
                "analyte": ["hba1c"],
                "value": [8.0],
                "unit": ["%"],
            }
        ),
    }
    folder = write_tables(frames, tmp_path_factory.mktemp("few") / "native")
    tables = read_tables(folder, tmp_path_factory.mktemp("tables"), id_key=read_id_key())
    plan = plan_features(ROOT / "models" / "codelists", [], FEATURES)
    spec = CohortSpec(kind="annual", index_dates=(date(2024, 1, 1),))
    members = build_members(tables, spec, plan, index_dates=[date(2024, 1, 1)])
    return take_sample(members, tables, plan, most=5)


def gains(sample: RecordSample, family: str, record: str = "") -> pd.DataFrame:
    """What each feature gains for each member who gets the record, by the members' allowed amount."""
    additions = [
        one for one in list_additions(sample, FEATURES, spend=1000.0) if one.family == family and record in one.record
    ]
    ((_, after),) = build_additions(sample, additions, FEATURES)
    before = sample.members.features.set_index("person_id").loc[after["member"], FEATURES].reset_index(drop=True)
    moved = after[FEATURES].fillna(0.0) - before.fillna(0.0)
    return moved.assign(before=before["allowed_amount_365d"]).sort_values("before", ignore_index=True)


def changed(row: pd.Series) -> dict[str, float]:
    return {name: value for name, value in row[FEATURES].items() if value}


def test_a_code_on_one_visit_moves_flag_counts_and_nothing_that_asks_for_two_dates(sample: RecordSample) -> None:
    found = gains(sample, "code", "J44.900")
    # A (300) and B (50) have visits in the year and no code of the group; C has a stay alone, D the code, E nothing
    assert found["before"].tolist() == [50.0, 300.0]
    for _, row in found.iterrows():
        assert changed(row) == {"dx_copd_730d": 1.0, "dx_copd_records_365d": 1.0, "distinct_diagnoses_365d": 1.0}


def test_a_code_on_two_dates_is_confirmed_and_asks_for_two_visits(sample: RecordSample) -> None:
    found = gains(sample, "code_twice", "J44.900")
    assert found["before"].tolist() == [300.0]
    assert changed(found.iloc[0]) == {
        "dx_copd_730d": 1.0,
        "dx_copd_confirmed_730d": 1.0,
        "dx_copd_records_365d": 2.0,
        "distinct_diagnoses_365d": 1.0,
    }


def test_a_code_on_a_stay_is_confirmed_at_once(sample: RecordSample) -> None:
    found = gains(sample, "code_stay", "J44.900")
    assert found["before"].tolist() == [9000.0]
    assert changed(found.iloc[0])["dx_copd_confirmed_730d"] == 1.0


def test_a_visit_comes_with_its_money_and_its_diagnoses(sample: RecordSample) -> None:
    found = gains(sample, "visit").set_index("before")
    assert found.index.tolist() == [50.0, 70.0, 300.0]
    # B's visit is at the clinic for chronic illness; A's latest was 200 for hypertension
    assert changed(found.loc[50.0]) == {"allowed_amount_365d": 50.0}
    assert changed(found.loc[300.0]) == {"outpatient_visits_365d": 1.0, "allowed_amount_365d": 200.0}
    # D's code stood on one date of the last two years: the second visit with it confirms it
    assert changed(found.loc[70.0]) == {
        "dx_copd_confirmed_730d": 1.0,
        "dx_copd_records_365d": 1.0,
        "outpatient_visits_365d": 1.0,
        "allowed_amount_365d": 70.0,
    }


def test_spend_is_on_a_bill_that_is_there(sample: RecordSample) -> None:
    found = gains(sample, "spend")
    assert found["before"].tolist() == [50.0, 70.0, 300.0]
    assert [changed(row) for _, row in found.iterrows()] == [{"allowed_amount_365d": 1000.0}] * 3


def test_a_stay_once_more_is_a_stay_more(sample: RecordSample) -> None:
    assert changed(gains(sample, "stay").iloc[0]) == {"inpatient_visits_365d": 1.0, "allowed_amount_365d": 9000.0}


def test_a_code_is_tried_for_every_group_that_a_feature_reads_and_for_no_other(sample: RecordSample) -> None:
    additions = list_additions(sample, FEATURES, spend=1.0)
    assert {one.record for one in additions if one.family == "code"} == {"J44.900 (conditions:copd)"}
    assert not [one for one in list_additions(sample, ["allowed_amount_365d"], spend=1.0) if one.family == "code"]


def test_records_of_the_sample_are_left_as_they_were(sample: RecordSample) -> None:
    before = {name: frame.copy() for name, frame in sample.tables.items()}
    list(build_additions(sample, list_additions(sample, FEATURES, spend=1.0), FEATURES))
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, sample.tables[name])
