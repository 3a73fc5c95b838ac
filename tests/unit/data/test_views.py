"""Each role sees its own rows and columns, and sensitive diagnoses only where they are its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.io import Tables, read_tables, write_tables
from riskkit.data.presets import find_presets
from riskkit.data.view_policy import read_view
from riskkit.data.views import Viewer, tag_sensitive, write_view
from riskkit.errors import DataContractError

DAY = pd.Timestamp("2023-05-01")


def claim(number: str, person: str, **more: object) -> dict[str, object]:
    return {
        "claim_id": number,
        "person_id": person,
        "setting": "outpatient",
        "start_date": DAY,
        "end_date": DAY,
        "available_date": DAY,
        "specialty": "psychiatry",
        "drg_code": "TR1",
        "allowed_amount": 100.0,
        "paid_amount": 60.0,
        "member_amount": 40.0,
        "adjustment": "original",
        **more,
    }


def diagnosis(record: str, position: int, person: str, code: str) -> dict[str, object]:
    day = {"date": DAY, "available_date": DAY}
    return {
        "record_id": record,
        "position": position,
        "person_id": person,
        "code": code,
        "vocabulary": "who_cn",
        "source": "outpatient",
        **day,
    }


def make_span(person: str, start: str, end: str, institution: str) -> dict[str, object]:
    place = {"institution_id": institution, "team_id": "T", "institution_level": 1}
    return {"person_id": person, "start_date": pd.Timestamp(start), "end_date": pd.Timestamp(end), **place}


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """Two members: A of institution I1 until 2024 and then of I2, with depression; B of I2, without."""
    frames = {
        "person": pd.DataFrame({"person_id": ["A", "B"], "birth_date": pd.Timestamp("1960-01-01"), "sex": "female"}),
        "enrollment": pd.DataFrame(
            [
                make_span("A", "2023-01-01", "2024-01-01", "I1"),
                make_span("A", "2024-01-01", "2025-01-01", "I2"),
                make_span("B", "2023-01-01", "2025-01-01", "I2"),
            ]
        ),
        "medical_claim": pd.DataFrame([claim("C1", "A"), claim("C2", "B", specialty="cardiology")]),
        "diagnosis": pd.DataFrame(
            [diagnosis("C1", 1, "A", "F32.900"), diagnosis("C1", 2, "A", "E11.900"), diagnosis("C2", 1, "B", "I10")]
        ),
        "procedure": pd.DataFrame(
            [
                {"claim_id": number, "position": 1, "person_id": person, "date": DAY, "available_date": DAY,
                 "code": "94.3800", "vocabulary": "icd9cm3_cn"}
                for number, person in (("C1", "A"), ("C2", "B"))
            ]
        ),
        "pharmacy_claim": pd.DataFrame(
            [
                {"claim_id": f"R{place}", "person_id": "A", "fill_date": DAY, "available_date": DAY, "drug_code": atc,
                 "atc_code": atc}
                for place, atc in enumerate(("N06AB", "A10BA"))
            ]
        ),
    }  # fmt: skip
    return read_tables(write_tables(frames, tmp_path / "source"), tmp_path / "work")


def viewer(role: str, subject: str = "", day: date | None = None) -> Viewer:
    policy, sensitive = read_view(find_presets() / "models" / "views" / f"{role}.toml")
    return Viewer(policy, sensitive, subject, day)


def read(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(folder / f"{table}.parquet")


def test_an_institution_sees_its_members_of_the_day_and_its_own_spans(tables: Tables, tmp_path: Path) -> None:
    write_view(tables.paths, viewer("institution", "I1", date(2023, 12, 31)), tmp_path / "one")
    assert read(tmp_path / "one", "person")["person_id"].tolist() == ["A"]
    assert read(tmp_path / "one", "enrollment")["institution_id"].tolist() == ["I1"]
    # A span ends on the day after its last: on 1 January 2024 the member is of I2.
    write_view(tables.paths, viewer("institution", "I2", date(2024, 1, 1)), tmp_path / "two")
    assert read(tmp_path / "two", "person")["person_id"].tolist() == ["A", "B"]


def test_an_institution_sees_no_payment(tables: Tables, tmp_path: Path) -> None:
    write_view(tables.paths, viewer("institution", "I1", date(2023, 6, 1)), tmp_path / "view")
    seen = read(tmp_path / "view", "medical_claim")
    assert seen["allowed_amount"].tolist() == [100.0]
    assert seen[["paid_amount", "member_amount"]].isna().all(axis=None)


def test_a_sensitive_diagnosis_is_masked_with_all_that_names_it(tables: Tables, tmp_path: Path) -> None:
    rows = write_view(tables.paths, viewer("payer"), tmp_path / "view")
    assert rows["masked_diagnoses"] == 1
    assert read(tmp_path / "view", "diagnosis")["code"].tolist() == ["masked:psychiatric", "E11.900", "I10"]
    claims = read(tmp_path / "view", "medical_claim")
    assert claims["specialty"].isna().tolist() == [True, False]
    assert claims["drg_code"].isna().tolist() == [True, False]
    assert read(tmp_path / "view", "procedure")["code"].tolist() == ["masked", "94.3800"]
    drugs = read(tmp_path / "view", "pharmacy_claim")
    assert drugs["atc_code"].isna().tolist() == [True, False]
    assert drugs["drug_code"].isna().tolist() == [True, False]


def test_a_member_sees_all_of_their_own_and_nothing_of_anyone_else(tables: Tables, tmp_path: Path) -> None:
    rows = write_view(tables.paths, viewer("patient", "A"), tmp_path / "view")
    assert rows["masked_diagnoses"] == 0
    for table in ("person", "enrollment", "medical_claim", "diagnosis", "procedure", "pharmacy_claim"):
        assert set(read(tmp_path / "view", table)["person_id"]) == {"A"}
    assert read(tmp_path / "view", "diagnosis")["code"].tolist() == ["F32.900", "E11.900"]


def test_a_view_is_a_source_of_canonical_tables(tables: Tables, tmp_path: Path) -> None:
    write_view(tables.paths, viewer("payer"), tmp_path / "view")
    again = read_tables(tmp_path / "view", tmp_path / "again")
    assert again.quality.rows_quarantined == 0
    assert again.quality.rows_in == sum(len(read(tmp_path / "view", name)) for name in again.paths)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (viewer("institution", "I9", date(2023, 6, 1)), "nobody is in its scope"),
        (viewer("institution", "I1"), "no day, expected the day"),
        (viewer("patient"), "no person is named"),
    ],
    ids=["unknown", "no day", "no one"],
)
def test_a_view_of_nobody_is_refused_and_nothing_is_written(
    tables: Tables, tmp_path: Path, asked: Viewer, said: str
) -> None:
    with pytest.raises(DataContractError, match=said):
        write_view(tables.paths, asked, tmp_path / "view")
    assert not (tmp_path / "view").exists()


def test_a_policy_that_masks_nothing_masks_nothing(tables: Tables, tmp_path: Path) -> None:
    asked = viewer("payer")
    open_policy = asked.policy.model_copy(update={"mask": (), "mask_drugs": ()})
    assert write_view(tables.paths, replace(asked, policy=open_policy), tmp_path / "view")["masked_diagnoses"] == 0
    assert "F32.900" in read(tmp_path / "view", "diagnosis")["code"].tolist()


def test_codes_are_sensitive_in_every_spelling_and_vocabulary() -> None:
    codes = pd.DataFrame(
        [("F32.900", "who_cn"), ("b20", "icd10cm"), ("296.20", "icd9cm"), ("042", "icd9cm"), ("E11.9", "who_cn"),
         ("A15.001+J17.0*", "who_cn"), ("V08", "icd9cm")],
        columns=["code", "vocabulary"],
    )  # fmt: skip
    found = tag_sensitive(codes, read_view(find_presets() / "models" / "views" / "payer.toml")[1])
    assert dict(zip(found["code"], found["group"], strict=True)) == {
        "042": "infectious",
        "296.20": "psychiatric",
        "A15.001+J17.0*": "infectious",
        "F32.900": "psychiatric",
        "V08": "infectious",
        "b20": "infectious",
    }
