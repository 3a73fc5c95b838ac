"""The Diabetes-130 adapter on a hand-made source."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from riskkit.data.adapters.diabetes130 import convert_diabetes130
from riskkit.data.io import read_tables
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from tests.unit.data.adapters.conftest import Diabetes130Folder


def table(target: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(target / f"{name}.parquet")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "canonical"


def test_encounters_follow_one_another_by_number_and_the_stated_interval(
    diabetes130: Diabetes130Folder, target: Path
) -> None:
    convert_diabetes130(diabetes130.folder, target)
    claims = table(target, "medical_claim").set_index("claim_id")
    # Patient 7: encounter 100 from 1 January for 3 days; '<30', so 200 begins 15 days after the discharge on the 4th.
    assert claims.loc["100", ["start_date", "end_date"]].tolist() == [date(1999, 1, 1), date(1999, 1, 4)]
    assert claims.loc["200", ["start_date", "end_date"]].tolist() == [date(1999, 1, 19), date(1999, 1, 22)]


def test_the_next_encounter_is_60_days_on_unless_marked_within_30(diabetes130: Diabetes130Folder, target: Path) -> None:
    diabetes130.write(
        {"encounter_id": "9", "patient_nbr": "7", "readmitted": ">30"},
        {"encounter_id": "10", "patient_nbr": "7"},
    )
    convert_diabetes130(diabetes130.folder, target)
    claims = table(target, "medical_claim").set_index("claim_id")
    # As numbers 9 < 10; discharge on 4 January + 60 days = 5 March 1999.
    assert claims.loc["10", "start_date"] == date(1999, 3, 5)


def test_a_readmission_outside_the_file_is_a_stub_that_can_never_be_an_index_stay(
    diabetes130: Diabetes130Folder, target: Path
) -> None:
    report = convert_diabetes130(diabetes130.folder, target)
    claims = table(target, "medical_claim").set_index("claim_id")
    stub = claims.loc["150-readmission"]
    assert stub["start_date"] == date(1999, 1, 19)
    assert stub[["discharge_status", "specialty", "admission_type", "admission_source"]].isna().all()
    assert "150-readmission" not in set(table(target, "diagnosis")["record_id"])
    assert report.reconciliation == {
        "encounters": 3,
        "persons": 2,
        "stated_within_30_days": 2,
        "shown_within_30_days": 2,
        "disagreements": 0,
        "stub_stays": 1,
    }


def test_every_record_of_an_encounter_is_known_on_the_day_of_discharge(
    diabetes130: Diabetes130Folder, target: Path
) -> None:
    convert_diabetes130(diabetes130.folder, target)
    ends = table(target, "medical_claim").set_index("claim_id")["end_date"]
    for name, day in (("diagnosis", "date"), ("lab_result", "date"), ("pharmacy_claim", "fill_date")):
        rows = table(target, name)
        key = rows["record_id" if name != "pharmacy_claim" else "claim_id"].str.split("-").str[0]
        assert rows[day].tolist() == ends.loc[key].tolist()
        assert rows["available_date"].tolist() == rows[day].tolist()


def test_birth_puts_the_first_admission_in_the_middle_of_the_age_band(
    diabetes130: Diabetes130Folder, target: Path
) -> None:
    convert_diabetes130(diabetes130.folder, target)
    person = table(target, "person").set_index("person_id")
    # [50-60) has the middle 55; the first admission is on 1 January 1999.
    assert person.loc["7", "birth_date"] == date(1944, 1, 1)
    labs = table(target, "lab_result").set_index("record_id")
    assert labs.loc[["100-stated_age_band", "200-stated_age_band"], "value"].tolist() == [55, 65]


def test_sex_is_missing_where_it_is_not_known(diabetes130: Diabetes130Folder, target: Path) -> None:
    report = convert_diabetes130(diabetes130.folder, target)
    person = table(target, "person").set_index("person_id")
    assert person.loc["7", "sex"] == "female"
    assert pd.isna(person.loc["9", "sex"])
    assert {item.what: item.count for item in report.unmapped}["gender Unknown/Invalid"] == 1


def test_a_death_is_the_last_discharge_or_left_open(diabetes130: Diabetes130Folder, target: Path) -> None:
    convert_diabetes130(diabetes130.folder, target)
    person = table(target, "person").set_index("person_id")
    assert person.loc["7", "death_date"] == date(1999, 1, 22)
    diabetes130.write(
        {"encounter_id": "1", "patient_nbr": "7", "discharge_disposition_id": "11"},
        {"encounter_id": "2", "patient_nbr": "7"},
    )
    report = convert_diabetes130(diabetes130.folder, target)
    assert table(target, "person")["death_date"].isna().all()
    assert {item.what: item.count for item in report.unmapped}["deaths followed by another encounter"] == 1


def test_enrollment_covers_60_days_past_the_last_discharge(diabetes130: Diabetes130Folder, target: Path) -> None:
    convert_diabetes130(diabetes130.folder, target)
    spells = table(target, "enrollment").set_index("person_id")
    # 22 January 1999 + 60 days = 23 March 1999.
    assert spells.loc["7", ["start_date", "end_date"]].tolist() == [date(1999, 1, 1), date(1999, 3, 23)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"A1Cresult": "Norm"}, {"hba1c_band": 0}),
        ({"A1Cresult": ">7"}, {"hba1c_band": 1}),
        ({"A1Cresult": ">8"}, {"hba1c_band": 2}),
        ({"max_glu_serum": ">300"}, {"glucose_band": 2}),
        ({"insulin": "Down"}, {"insulin_change": -1}),
        ({"insulin": "Steady"}, {"insulin_change": 0}),
        ({"change": "Ch"}, {"drug_change": 1}),
        ({"diabetesMed": "No"}, {"diabetes_drug": 0}),
        ({"number_inpatient": "4"}, {"stated_inpatient_visits": 4}),
    ],
)
def test_stated_facts_become_analytes(
    diabetes130: Diabetes130Folder, target: Path, changes: dict[str, str], expected: dict[str, float]
) -> None:
    diabetes130.write({"encounter_id": "1", "patient_nbr": "7", **changes})
    convert_diabetes130(diabetes130.folder, target)
    values = table(target, "lab_result").set_index("analyte")["value"]
    assert {name: values[name] for name in expected} == expected


def test_what_was_not_measured_makes_no_row(diabetes130: Diabetes130Folder, target: Path) -> None:
    diabetes130.write({"encounter_id": "1", "patient_nbr": "7", "max_glu_serum": "?"})
    convert_diabetes130(diabetes130.folder, target)
    analytes = set(table(target, "lab_result")["analyte"])
    assert not analytes & {"hba1c_band", "glucose_band", "insulin_change"}
    # Seven stated counts, the age band and two flags.
    assert len(analytes) == 10


def test_drugs_that_are_given_are_fills_with_their_atc_code(diabetes130: Diabetes130Folder, target: Path) -> None:
    diabetes130.write(
        {"encounter_id": "1", "patient_nbr": "7", "metformin": "Steady", "insulin": "Up", "glipizide-metformin": "Down"}
    )
    convert_diabetes130(diabetes130.folder, target)
    drugs = table(target, "pharmacy_claim").set_index("drug_code")["atc_code"].to_dict()
    assert drugs == {"metformin": "A10BA02", "insulin": "A10A", "glipizide-metformin": "A10BD02"}


def test_lost_leading_zeros_of_diagnosis_codes_are_written_back(diabetes130: Diabetes130Folder, target: Path) -> None:
    diabetes130.write(
        {"encounter_id": "1", "patient_nbr": "7", "diag_1": "8", "diag_2": "38.9", "diag_3": "E888"},
        {"encounter_id": "2", "patient_nbr": "7", "diag_1": "?", "diag_2": "250.83", "diag_3": "V27"},
    )
    convert_diabetes130(diabetes130.folder, target)
    rows = table(target, "diagnosis")
    assert list(rows[["record_id", "position", "code"]].itertuples(index=False, name=None)) == [
        ("1", 1, "008"),
        ("1", 2, "038.9"),
        ("1", 3, "E888"),
        ("2", 2, "250.83"),
        ("2", 3, "V27"),
    ]


@pytest.mark.parametrize(
    ("disposition", "status"),
    [("1", "home"), ("3", "skilled_nursing"), ("2", "transfer"), ("13", "hospice"), ("20", "died"), ("18", None)],
)
def test_discharge_dispositions_become_statuses(
    diabetes130: Diabetes130Folder, target: Path, disposition: str, status: str | None
) -> None:
    diabetes130.write({"encounter_id": "1", "patient_nbr": "7", "discharge_disposition_id": disposition})
    convert_diabetes130(diabetes130.folder, target)
    found = table(target, "medical_claim")["discharge_status"].iloc[0]
    assert (None if pd.isna(found) else found) == status


def test_every_row_keeps_the_canonical_contract(diabetes130: Diabetes130Folder, target: Path, tmp_path: Path) -> None:
    report = convert_diabetes130(diabetes130.folder, target)
    quality = read_tables(target, tmp_path / "clean").quality
    assert quality.rows_quarantined == 0
    assert quality.rows_in == sum(report.rows_out.values())


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("age", "55", "expected an age band such as [50-60)"),
        ("readmitted", "maybe", "expected one of <30, >30, NO"),
        ("time_in_hospital", "0", "expected a number of days from 1"),
        ("discharge_disposition_id", "31", "expected a number from 1 to 30"),
        ("diag_1", "I10", "expected an ICD-9-CM code"),
        ("insulin", "?", "expected one of No, Down, Steady, Up"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_and_nothing_is_written(
    diabetes130: Diabetes130Folder, target: Path, column: str, value: str, problem: str
) -> None:
    diabetes130.write({"encounter_id": "1", "patient_nbr": "7", column: value})
    with pytest.raises(DataContractError) as error:
        convert_diabetes130(diabetes130.folder, target)
    assert problem in str(error.value)
    assert "encounter_id='1'" in str(error.value)
    assert not target.exists()
