"""A changed member is one who can exist: what follows moves along, what contradicts is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.data.codes import read_code_lists
from riskkit.data.presets import find_presets
from riskkit.errors import DataContractError
from riskkit.features.changes import apply_changes
from riskkit.features.contents import make_catalogue
from riskkit.features.derive import DERIVED

CATALOGUE = make_catalogue(read_code_lists(find_presets() / "models" / "codelists"))


def _row(**more: float) -> pd.DataFrame:
    values = {
        "age_years": 60.0,
        "is_female": 0.0,
        "hba1c_latest_365d": 8.0,
        "hba1c_latest_730d": 8.0,
        "hba1c_above_target": 1.0,
        "hba1c_tests_365d": 2.0,
        "hba1c_tests_730d": 3.0,
        "stroke_365d": 0.0,
        "stroke_730d": 0.0,
    }
    return pd.DataFrame([{"person_id": "a", **values, **more}])


def test_the_latest_value_moves_in_every_window_and_so_does_what_is_derived_from_it() -> None:
    row = _row()
    found = apply_changes(row, {"hba1c_latest_365d": 9.5}, CATALOGUE)
    # Target 7.0: 2.5 above it.
    assert found[["hba1c_latest_365d", "hba1c_latest_730d", "hba1c_above_target"]].iloc[0].tolist() == [9.5, 9.5, 2.5]
    assert row["hba1c_latest_365d"].item() == 8.0
    assert apply_changes(row, {"hba1c_latest_730d": 9.5}, CATALOGUE).equals(found)


def test_a_value_of_the_longer_window_alone_leaves_the_shorter_unmeasured() -> None:
    row = _row(hba1c_latest_365d=np.nan)
    found = apply_changes(row, {"hba1c_latest_730d": 7.5}, CATALOGUE)
    assert np.isnan(found["hba1c_latest_365d"].item())
    assert found["hba1c_above_target"].item() == 0.5


def test_a_feature_may_be_set_to_not_measured() -> None:
    found = apply_changes(_row(), {"hba1c_latest_365d": None}, CATALOGUE)
    assert np.isnan(found["hba1c_latest_365d"].item())
    assert found["hba1c_latest_730d"].item() == 8.0
    with pytest.raises(DataContractError, match="hba1c_latest_365d=8 contradicts hba1c_latest_730d=nan"):
        apply_changes(_row(), {"hba1c_latest_730d": None}, CATALOGUE)


def test_a_shorter_window_cannot_count_more_than_a_longer_one() -> None:
    with pytest.raises(DataContractError, match="hba1c_tests_365d=4 contradicts hba1c_tests_730d=3"):
        apply_changes(_row(), {"hba1c_tests_365d": 4}, CATALOGUE)
    both = apply_changes(_row(), {"hba1c_tests_365d": 4, "hba1c_tests_730d": 5}, CATALOGUE)
    assert both[["hba1c_tests_365d", "hba1c_tests_730d"]].iloc[0].tolist() == [4.0, 5.0]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"hba1c_latest_365d": 40.0}, "hba1c_latest_365d=40 is impossible, expected a number from 3 to 20"),
        ({"hba1c_latest_365d": float("inf")}, "impossible"),
        ({"is_female": 0.5}, "expected a whole number from 0 to 1"),
        ({"age_years": -1.0}, "age_years=-1 is impossible"),
        ({"hba1c_latest": 7.0}, "no feature 'hba1c_latest'. Use hba1c_latest_"),
        ({"hba1c_above_target": 3.0}, "contradicts its formula, which gives 1. Set what it follows from: hba1c_latest"),
        ({}, "no change"),
    ],
)
def test_the_impossible_is_refused(changes, problem) -> None:
    with pytest.raises(DataContractError, match=problem):
        apply_changes(_row(), changes, CATALOGUE)


def test_a_derived_feature_whose_inputs_are_not_at_hand_must_be_set_beside_them() -> None:
    row = _row(egfr_latest_730d=80.0)
    with pytest.raises(DataContractError, match="egfr_latest_730d follows from age_years and creatinine_latest_730d"):
        apply_changes(row, {"age_years": 70.0}, CATALOGUE)
    found = apply_changes(row, {"age_years": 70.0, "egfr_latest_730d": 74.0}, CATALOGUE)
    assert found[["age_years", "egfr_latest_730d"]].iloc[0].tolist() == [70.0, 74.0]
    alone = apply_changes(row, {"egfr_latest_730d": 50.0}, CATALOGUE)
    assert alone["egfr_latest_730d"].item() == 50.0


def test_kidney_features_follow_creatinine() -> None:
    names = ["egfr_latest_730d", "kdigo_g_stage_730d"]
    row = _row(creatinine_latest_730d=1.0, **dict.fromkeys(names, np.nan))
    row = row.assign(**{name: DERIVED[name].formula(row) for name in names})
    found = apply_changes(row, {"creatinine_latest_730d": 3.0}, CATALOGUE)
    # CKD-EPI 2021, man of 60: 142 (3 / .9)^-1.2 .9938^60 = 142 * .2358 * .6886 = 23.06, stage G4 (15 to 29).
    assert found["egfr_latest_730d"].item() == pytest.approx(23.06, abs=0.05)
    assert found["kdigo_g_stage_730d"].item() > row["kdigo_g_stage_730d"].item()


@pytest.mark.parametrize("name", ["age_years", "is_female", "hba1c_tests_365d", "nephropathy_730d"])
def test_what_is_known_of_every_member_cannot_be_emptied(name: str) -> None:
    with pytest.raises(DataContractError, match=f"{name} is known of every member, got not measured"):
        apply_changes(_row(nephropathy_730d=0.0), {name: None}, CATALOGUE)


COMPLICATIONS = {"any_complication_730d": 0.0, "nephropathy_730d": 0.0, "retinopathy_730d": 0.0}
POINTS = {"dcsi_nephropathy_730d": 0.0, "dcsi_retinopathy_730d": 1.0}


def test_one_complication_is_a_complication_of_any_kind() -> None:
    found = apply_changes(_row(**COMPLICATIONS), {"nephropathy_730d": 1}, CATALOGUE)
    assert found[list(COMPLICATIONS)].iloc[0].tolist() == [1.0, 1.0, 0.0]
    with pytest.raises(DataContractError, match="any_complication_730d=0 contradicts nephropathy_730d=1"):
        apply_changes(_row(**COMPLICATIONS), {"nephropathy_730d": 1, "any_complication_730d": 0}, CATALOGUE)
    held = COMPLICATIONS | {"any_complication_730d": 1.0, "retinopathy_730d": 1.0}
    with pytest.raises(DataContractError, match="any_complication_730d=0 contradicts retinopathy_730d=1"):
        apply_changes(_row(**held), {"any_complication_730d": 0}, CATALOGUE)


def test_a_new_complication_comes_with_its_points_of_severity() -> None:
    row = _row(**COMPLICATIONS, **POINTS)
    with pytest.raises(DataContractError, match="Set dcsi_nephropathy_730d too"):
        apply_changes(row, {"nephropathy_730d": 1}, CATALOGUE)
    found = apply_changes(row, {"nephropathy_730d": 1, "dcsi_nephropathy_730d": 2}, CATALOGUE)
    assert found["dcsi_nephropathy_730d"].item() == 2
    # its eyes have a point already
    assert apply_changes(row, {"retinopathy_730d": 1}, CATALOGUE)["any_complication_730d"].item() == 1


def test_what_is_no_number_is_refused_in_words() -> None:
    with pytest.raises(DataContractError, match="hba1c_latest_365d='high' is no number, expected one"):
        apply_changes(_row(), {"hba1c_latest_365d": "high"}, CATALOGUE)  # type: ignore[dict-item]  # what is tested


def test_new_points_of_severity_come_with_their_complication_and_a_complication_that_goes_takes_them_along() -> None:
    row = _row(**COMPLICATIONS, **POINTS)
    with pytest.raises(DataContractError, match="dcsi_nephropathy_730d=2 contradicts nephropathy_730d=0"):
        apply_changes(row, {"dcsi_nephropathy_730d": 2}, CATALOGUE)
    both = apply_changes(row, {"dcsi_nephropathy_730d": 2, "nephropathy_730d": 1}, CATALOGUE)
    assert both["any_complication_730d"].item() == 1
    # chronic kidney disease has points by its own code, which names no diabetes: said twice, it is believed
    alone = apply_changes(row, {"dcsi_nephropathy_730d": 2, "nephropathy_730d": 0}, CATALOGUE)
    assert alone["dcsi_nephropathy_730d"].item() == 2
    held = row.assign(nephropathy_730d=1.0, dcsi_nephropathy_730d=1.0, any_complication_730d=1.0)
    with pytest.raises(DataContractError, match="Set dcsi_nephropathy_730d too: 0"):
        apply_changes(held, {"nephropathy_730d": 0}, CATALOGUE)
    confirmed = _row(retinopathy_confirmed_730d=0.0, dcsi_retinopathy_confirmed_730d=0.0)
    with pytest.raises(DataContractError, match="contradicts retinopathy_confirmed_730d=0"):
        apply_changes(confirmed, {"dcsi_retinopathy_confirmed_730d": 1}, CATALOGUE)


def test_a_new_complication_comes_with_the_day_of_its_first_record_which_is_that_of_any() -> None:
    firsts = {"days_since_first_nephropathy": np.nan, "days_since_first_any_complication": np.nan}
    row = _row(**COMPLICATIONS, **firsts)
    with pytest.raises(DataContractError, match="nephropathy_730d=1 contradicts days_since_first_nephropathy=not"):
        apply_changes(row, {"nephropathy_730d": 1}, CATALOGUE)
    found = apply_changes(row, {"nephropathy_730d": 1, "days_since_first_nephropathy": 90}, CATALOGUE)
    assert found[list(firsts)].iloc[0].tolist() == [90.0, 90.0]


def _untested(**more: float) -> pd.DataFrame:
    empty = {"hba1c_latest_365d": np.nan, "hba1c_latest_730d": np.nan, "hba1c_mean_730d": np.nan}
    return _row(**empty, hba1c_above_target=np.nan, hba1c_tests_365d=0.0, hba1c_tests_730d=0.0, **more)


def test_a_first_value_is_one_test_and_its_own_mean_and_needs_its_day() -> None:
    names = ["hba1c_latest_730d", "hba1c_mean_730d", "hba1c_tests_365d", "hba1c_tests_730d"]
    found = apply_changes(_untested(), {"hba1c_latest_365d": 9.0}, CATALOGUE)
    assert found[names].iloc[0].tolist() == [9.0, 9.0, 1.0, 1.0]
    row = _untested(days_since_hba1c=np.nan)
    with pytest.raises(DataContractError, match="hba1c_latest_365d=9 contradicts days_since_hba1c=not measured"):
        apply_changes(row, {"hba1c_latest_365d": 9.0}, CATALOGUE)
    dated = apply_changes(row, {"hba1c_latest_365d": 9.0, "days_since_hba1c": 30.0}, CATALOGUE)
    assert dated["hba1c_tests_365d"].item() == 1


def test_a_value_that_is_emptied_takes_its_tests_along() -> None:
    row = _row(days_since_hba1c=100.0, hba1c_sd_730d=0.5)
    with pytest.raises(DataContractError, match="days_since_hba1c=100 contradicts hba1c_latest_365d=not measured"):
        apply_changes(row, {"hba1c_latest_365d": None}, CATALOGUE)
    year = apply_changes(row, {"hba1c_latest_365d": None, "days_since_hba1c": 400.0}, CATALOGUE)
    assert year[["hba1c_tests_365d", "hba1c_tests_730d"]].iloc[0].tolist() == [0.0, 3.0]
    none = apply_changes(row, {"hba1c_latest_365d": None, "hba1c_latest_730d": None}, CATALOGUE)
    assert none[["hba1c_tests_730d", "days_since_hba1c", "hba1c_sd_730d"]].fillna(-1).iloc[0].tolist() == [0, -1, -1]


INSURED = {"tenure_days": 1827.0, "enrolled_days": 2000.0, "enrolled_months_365d": 12.0}
IN_HOSPITAL = {
    "inpatient_visits_365d": 0.0,
    "inpatient_visits_730d": 0.0,
    "inpatient_days_365d": 0.0,
    "days_since_inpatient_visit": np.nan,
    "merged_admissions_365d": 0.0,
    "merged_admissions_730d": 0.0,
    "merged_inpatient_days_365d": 0.0,
    "longest_admission_days_365d": 0.0,
    "readmissions_30d_365d": 0.0,
}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"dcsi_nephropathy_730d": 9}, "dcsi_nephropathy_730d=9 is impossible, expected a whole number from 0 to 2"),
        ({"enrolled_months_365d": 20}, "enrolled_months_365d=20 is impossible, expected a number from 0 to 12"),
        ({"tenure_days": 100000}, "tenure_days=100000 is impossible, expected a number from 0 to 43830"),
        ({"inpatient_days_365d": 500}, "inpatient_days_365d=500 is impossible, expected a number from 0 to 365"),
        ({"merged_inpatient_days_365d": 400}, "merged_inpatient_days_365d=400 is impossible"),
        ({"enrolled_days": 99999}, "enrolled_days=99999 is impossible"),
        # 5 years are 1,826.25 days, 60 are 21,915
        ({"age_years": 5}, "tenure_days=1827 contradicts age_years=5, with which it is at most 1826.25"),
        ({"tenure_days": 22000, "enrolled_days": 22000}, "tenure_days=22000 contradicts age_years=60"),
        ({"tenure_days": 2001}, "tenure_days=2001 contradicts enrolled_days=2000"),
        ({"inpatient_days_365d": 30}, "inpatient_days_365d=30 contradicts inpatient_visits_365d=0"),
        (
            {"inpatient_days_365d": 30, "inpatient_visits_365d": 1, "inpatient_visits_730d": 1},
            "inpatient_visits_365d=1 contradicts days_since_inpatient_visit=not measured",
        ),
        ({"merged_inpatient_days_365d": 30}, "merged_inpatient_days_365d=30 contradicts merged_admissions_730d=0"),
        ({"merged_admissions_365d": 1, "merged_admissions_730d": 1}, "contradicts inpatient_visits_(365|730)d=0"),
        ({"readmissions_30d_365d": 1}, "readmissions_30d_365d=1 contradicts merged_admissions_365d=0"),
        ({"hba1c_tests_365d": 0}, "hba1c_latest_365d=8 contradicts hba1c_tests_365d=0"),
        ({"days_since_hba1c": None}, "hba1c_latest_365d=8 contradicts days_since_hba1c=not measured"),
        ({"days_since_hba1c": 400}, "hba1c_latest_365d=8 contradicts days_since_hba1c=400"),
    ],
)
def test_a_member_who_cannot_exist_is_refused(changes, problem) -> None:
    row = _row(**COMPLICATIONS, **POINTS, **INSURED, **IN_HOSPITAL, days_since_hba1c=100.0)
    with pytest.raises(DataContractError, match=problem):
        apply_changes(row, changes, CATALOGUE)


def test_a_stay_with_its_visit_its_day_and_its_admission_is_believed() -> None:
    row = _row(**INSURED, **IN_HOSPITAL)
    stay = {"inpatient_days_365d": 30, "days_since_inpatient_visit": 50}
    stay |= {"inpatient_visits_365d": 1, "inpatient_visits_730d": 1, "merged_admissions_730d": 1}
    merged = {"merged_inpatient_days_365d": 30, "merged_admissions_365d": 1, "longest_admission_days_365d": 30}
    found = apply_changes(row, stay | merged, CATALOGUE)
    assert found["inpatient_days_365d"].item() == 30
