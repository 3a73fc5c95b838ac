"""What an adapter set aside is in the account: counted under its reason, and refused where bad rows are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.set_aside import add_set_aside, hide_records
from riskkit.data.quality import Example, QualityReport, TableQuality, Violation
from riskkit.errors import DataContractError
from riskkit.workflow.source import open_source
from tests.unit.data.adapters.test_synthea import ROWS, write_source

SOUND = QualityReport((TableQuality("person", 2, 2, 0), TableQuality("lab_result", 4, 4, 0)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "quarantine"
    place.mkdir()
    labs = {"analyte": "bmi", "value": [400.0, 500.0, 7.0], "unit": "kg/m2", "reason": ["high", "high", "odd"]}
    pd.DataFrame(labs).to_parquet(place / "lab_result.parquet")
    pd.DataFrame({"file": ["a.csv"], "row": [7], "reason": ["no date"]}).to_parquet(place / "resources.parquet")
    pd.DataFrame({"SEGMENT": ["2"] * 9}).to_parquet(place / "claim_segment.parquet")
    pd.DataFrame({"reason": pd.Series(dtype="str")}).to_parquet(place / "value.parquet")
    return place


def test_rows_in_are_those_accepted_and_those_set_aside(folder: Path) -> None:
    found = add_set_aside(SOUND, folder)
    # Three results and one resource are bad; second segments are no rows of their own, and no reason is no bad row.
    assert (found.rows_in, found.rows_accepted, found.rows_quarantined) == (10, 6, 4)
    labs = {table.table: table for table in found.tables}["lab_result"]
    assert [(rule.rule, rule.rows) for rule in labs.violations] == [("high", 2), ("odd", 1)]
    assert labs.violations[0].examples[0].found == "analyte=bmi, value=400.0, unit=kg/m2"
    resources = found.tables[-1]
    assert (resources.table, resources.rows_in, resources.rows_accepted) == ("resources", 1, 0)
    assert resources.violations[0].examples[0].place == "file a.csv, row 7"


def test_without_a_quarantine_the_account_stays(tmp_path: Path) -> None:
    assert add_set_aside(SOUND, tmp_path / "none") == SOUND


def test_an_example_is_named_by_its_row_and_never_by_an_identifier() -> None:
    shown = (Example("row 3, claim_id='P1-2020-drugs'", "'P1-2020-drugs'"),)
    rule = Violation("medical_claim", "claim_id: once", "claim_id", 1, "one row per claim", shown)
    hidden = hide_records(QualityReport((TableQuality("medical_claim", 1, 0, 1, (rule,)),)))
    assert hidden.tables[0].violations[0].examples == (Example("row 3", "a claim_id"),)


def test_a_source_with_rows_set_aside_is_refused_unless_quarantine_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKKIT_ID_KEY", "a test key of enough bytes")
    source = write_source(tmp_path / "synthea")
    with pytest.raises(DataContractError, match=r"lab_result: 1 of \d+ rows break 'value: not plausible in its unit'"):
        open_source("synthea", source, tmp_path / "refused")
    opened = open_source("synthea", source, tmp_path / "work", on_bad_rows="quarantine")
    labs = {table.table: table for table in opened.tables.quality.tables}["lab_result"]
    assert (labs.rows_in, labs.rows_quarantined) == (labs.rows_accepted + 1, 1)


def test_no_column_of_a_source_holds_the_identifier_of_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKKIT_ID_KEY", "a test key of enough bytes")
    person = ROWS["patients"][0]["Id"]
    opened = open_source("synthea", write_source(tmp_path / "s"), tmp_path / "work", on_bad_rows="quarantine")
    claims, records = opened.tables.frame("medical_claim"), opened.tables.frame("diagnosis")
    of_claims = ~records["source"].isin(["registry", "case_definition"])
    assert set(records.loc[of_claims, "record_id"]) <= set(claims["claim_id"])
    for name in opened.tables.paths:
        text = opened.tables.frame(name).astype("str")
        assert not text.apply(lambda column: column.str.contains(person, regex=False)).any(axis=None), name
