"""Members are one cohort with its features in one order, and labels stand beside them, never among them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from riskkit.cohort.eligibility import CohortSpec
from riskkit.data.io import Tables, read_tables, write_tables
from riskkit.errors import PolicyError
from riskkit.risk.spec import OutcomeSpec, read_outcome_spec
from riskkit.workflow.members import FeaturePlan, Members, build_members, label_members, plan_features

MODELS = Path(__file__).parents[3] / "models"
DAY = pd.Timestamp("2024-01-01")


@pytest.fixture(scope="module")
def plan() -> FeaturePlan:
    return plan_features(MODELS / "codelists", ["demography"], ["hba1c_latest_365d"])


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Two members. A: an HbA1c of 7.5 in 2023, a stay and 800 of cost in 2024. B: born in 1954, nothing else."""
    frames = {
        "person": pd.DataFrame(
            {
                "person_id": ["B", "A"],
                "birth_date": pd.to_datetime(["1954-01-01", "1964-01-01"]),
                "sex": ["male", "female"],
                "region": ["west", "east"],
            }
        ),
        "enrollment": pd.DataFrame(
            {
                "person_id": ["A", "B"],
                "start_date": pd.to_datetime(["2022-01-01", "2022-01-01"]),
                "end_date": pd.to_datetime(["2025-01-01", "2025-01-01"]),
            }
        ),
        "medical_claim": pd.DataFrame(
            {
                "claim_id": ["C1"],
                "person_id": ["A"],
                "setting": ["inpatient"],
                "start_date": pd.to_datetime(["2024-05-01"]),
                "end_date": pd.to_datetime(["2024-05-08"]),
                "available_date": pd.to_datetime(["2024-06-01"]),
                "allowed_amount": [800.0],
                "paid_amount": [600.0],
                "discharge_status": ["home"],
                "adjustment": ["original"],
            }
        ),
        "lab_result": pd.DataFrame(
            {
                "record_id": ["L1"],
                "person_id": ["A"],
                "date": pd.to_datetime(["2023-10-01"]),
                "available_date": pd.to_datetime(["2023-10-02"]),
                "analyte": ["hba1c"],
                "value": [7.5],
                "unit": ["%"],
            }
        ),
    }
    folder = tmp_path_factory.mktemp("members")
    return read_tables(write_tables(frames, folder / "source"), folder / "work")


@pytest.fixture(scope="module")
def annual(tables: Tables, plan: FeaturePlan) -> Members:
    return build_members(tables, CohortSpec(index_dates=(DAY.date(),)), plan, index_dates=[DAY.date()])


def outcome(name: str) -> OutcomeSpec:
    return read_outcome_spec(MODELS / "outcomes" / f"{name}.toml")


def test_cohort_and_features_stand_in_one_order(annual: Members) -> None:
    assert annual.cohort["person_id"].tolist() == annual.features["person_id"].tolist() == ["A", "B"]
    assert annual.cohort["exposure_months"].tolist() == [12.0, 12.0]
    assert annual.features["hba1c_latest_365d"].iloc[0] == 7.5
    assert pd.isna(annual.features["hba1c_latest_365d"].iloc[1])


def test_no_label_is_built_among_the_features(annual: Members) -> None:
    assert not {"observed", "weight", "outcome"} & set(annual.features.columns)


def test_some_of_the_members_keep_their_own_features(annual: Members) -> None:
    kept = annual.at(annual.cohort["person_id"] == "B")
    assert kept.cohort["person_id"].tolist() == kept.features["person_id"].tolist() == ["B"]
    assert kept.cohort.index.tolist() == kept.features.index.tolist() == [0]


def test_each_label_counts_what_its_outcome_says(annual: Members, tables: Tables) -> None:
    closed = pd.Timestamp("2026-01-01")
    admission = label_members(annual.cohort, tables, outcome("admission"), follow_up_end=closed)
    assert admission["observed"].tolist() == [1.0, 0.0]
    # A year has 365 days of 12 months: 800 in one year of exposure is 800 a year.
    cost = label_members(annual.cohort, tables, outcome("next_year_cost"), follow_up_end=closed)
    assert cost["observed"].tolist() == [800.0, 0.0]
    paid = outcome("next_year_cost").with_overrides({"label_options": {"amount": "paid_amount"}})
    assert label_members(annual.cohort, tables, paid, follow_up_end=closed)["observed"].tolist() == [600.0, 0.0]
    # The last record is of spring: of a year that the data do not cover nobody counts.
    for name in ("admission", "next_year_cost"):
        assert label_members(annual.cohort, tables, outcome(name))["weight"].tolist() == [0.0, 0.0]


def test_a_discharge_cohort_has_one_row_for_each_discharge_from_the_day_after(
    tables: Tables, plan: FeaturePlan
) -> None:
    members = build_members(tables, CohortSpec(kind="discharge", horizon_days=30), plan)
    assert members.cohort[["person_id", "index_date", "claim_id"]].to_dict("records") == [
        {"person_id": "A", "index_date": pd.Timestamp("2024-05-09"), "claim_id": "C1"}
    ]
    readmission = label_members(members.cohort, tables, outcome("readmission"), code_lists=plan.code_lists)
    assert readmission["observed"].tolist() == [0.0]


def test_readmission_of_members_who_were_not_discharged_is_refused(annual: Members, tables: Tables) -> None:
    with pytest.raises(PolicyError, match="'readmission': readmission needs a discharge cohort"):
        label_members(annual.cohort, tables, outcome("readmission"))


def test_a_plan_holds_the_chosen_groups_and_names_and_an_unknown_one_is_refused(plan: FeaturePlan) -> None:
    chosen = [feature.name for feature in plan.chosen.features]
    assert "age_years" in chosen
    assert "hba1c_latest_365d" in chosen
    assert "hba1c_latest_730d" not in chosen
    with pytest.raises(PolicyError, match="demographie"):
        plan_features(MODELS / "codelists", ["demographie"])


def test_every_index_date_that_is_asked_for_is_built(tables: Tables, plan: FeaturePlan) -> None:
    days = [date(2023, 1, 1), date(2024, 1, 1)]
    members = build_members(tables, CohortSpec(), plan, index_dates=days)
    assert members.cohort.groupby("index_date").size().tolist() == [2, 2]
    assert members.flow["index_date"].nunique() == 2
