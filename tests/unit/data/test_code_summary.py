"""Diagnosis codes in no list, and codes that are none, are counted by rows and by code."""

from __future__ import annotations

import pandas as pd
import pytest

from riskkit.data.code_summary import find_code_oddities, is_well_formed, summarise_codes

LISTS = pd.DataFrame(
    {"list": "l", "group": "g", "vocabulary": ["who_cn", "icd9cm"], "prefix": ["E11", "250"], "points": 1.0}
)


@pytest.mark.parametrize(
    ("code", "vocabulary", "sound"),
    [
        ("E112", "who_cn", True), ("E11200X001", "who_cn", True), ("E1", "who_cn", False), ("25000", "who_cn", False),
        ("E1165", "icd10cm", True), ("C7A00", "icd10cm", True), ("E11200X001", "icd10cm", False),
        ("25083", "icd9cm", True), ("V2701", "icd9cm", True), ("E8120", "icd9cm", True), ("2508", "icd9cm", True),
        ("250831", "icd9cm", False), ("25", "icd9cm", False),
    ],
)  # fmt: skip
def test_a_code_has_the_shape_of_its_vocabulary(code: str, vocabulary: str, sound: bool) -> None:
    assert is_well_formed(code, vocabulary) is sound


def test_rows_and_codes_in_no_list_and_of_no_shape_are_counted() -> None:
    codes = ["E11.2", "E11.2", "J44", "J44", "J44", "diabetes", "250.00"]
    diagnosis = pd.DataFrame({"code": codes, "vocabulary": ["who_cn"] * 6 + ["icd9cm"]})
    diagnosis = diagnosis.assign(
        record_id="r", position=range(7), person_id="p", date=pd.Timestamp("2023-01-01"),
        available_date=pd.Timestamp("2023-01-01"), source="registry",
    )  # fmt: skip
    nine, ten = summarise_codes({"diagnosis": diagnosis}, LISTS)
    assert (nine.vocabulary, nine.rows, nine.unmapped_rows, nine.malformed_rows) == ("icd9cm", 1, 0, 0)
    # J44 three times and the word once are in no list
    assert (ten.rows, ten.codes, ten.unmapped_rows, ten.unmapped_codes) == (6, 3, 4, 2)
    assert (ten.malformed_rows, ten.malformed_codes, ten.malformed_examples) == (1, 1, ("diabetes",))
    assert ten.examples == ("J44", "diabetes")
    # one in six is malformed, above 1%; four in six unmapped, below 75%
    assert [odd.check for odd in find_code_oddities([nine, ten])] == ["malformed who_cn codes"]


def test_a_source_without_diagnoses_has_nothing_to_count() -> None:
    assert summarise_codes({}, LISTS) == []
