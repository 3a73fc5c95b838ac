"""A look before a run: each rule that was broken, with its rows, and each feature with what it means."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.report import AdapterReport, Unmapped
from riskkit.data.code_summary import CodeSummary
from riskkit.data.io import write_tables
from riskkit.data.privacy import hash_person_ids, read_id_key
from riskkit.errors import DataContractError
from riskkit.workflow.inspect import Validation, describe_quality, list_scheme_features, validate_source
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.source import OpenSource, open_source
from tests.unit.data.adapters.test_synthea import write_source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three persons, of whom one has an unknown sex code, and a column that no contract knows."""
    place = tmp_path / "source"
    place.mkdir()
    people = {"person_id": ["A", "B", "C"], "birth_date": pd.Timestamp("1960-01-01"), "sex": ["female", "male", "X"]}
    pd.DataFrame({**people, "shoe_size": 40}).assign(
        region=None, urban=None, insurance_type=None, death_date=None
    ).to_parquet(place / "person.parquet", index=False)
    return place


def test_a_refused_source_still_gets_its_whole_account(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(DataContractError, match=r"person: 1 of 3 .* All 1 broken rules are in .*quality\.html"):
        validate_source("native", folder, out)
    account = json.loads((out / "quality.json").read_text(encoding="utf-8"))
    (table,) = account["tables"]
    assert (table["rows_in"], table["rows_accepted"], table["rows_quarantined"]) == (3, 2, 1)
    (broken,) = table["violations"]
    assert broken["examples"] == [{"place": "row 3", "found": "'X'"}]
    assert "allowed values" in (out / "quality.html").read_text(encoding="utf-8")


def test_no_account_names_a_person(tmp_path: Path) -> None:
    clear = "Wang Xiaoming 310101"
    person = {"person_id": [clear] * 2, "birth_date": pd.Timestamp("1960-01-01"), "sex": ["X", "male"]}
    place = tmp_path / "source"
    place.mkdir()
    pd.DataFrame(person).assign(region=None, urban=None, insurance_type=None, death_date=None).to_parquet(
        place / "person.parquet", index=False
    )
    with pytest.raises(DataContractError) as caught:
        validate_source("native", place, tmp_path / "out")
    said = [str(caught.value), *(path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("quality.*"))]
    assert len(said) == 3
    assert not any("Wang" in text for text in said)


def test_rows_set_aside_are_written_with_the_account(folder: Path, tmp_path: Path) -> None:
    validate_source("native", folder, tmp_path / "out", on_bad_rows="quarantine")
    aside = pd.read_parquet(tmp_path / "out" / "quarantine" / "person.parquet")
    assert aside["person_id"].tolist() == hash_person_ids(["C"], read_id_key()).tolist()
    account = json.loads((tmp_path / "out" / "quality.json").read_text(encoding="utf-8"))
    assert account["adapter"] is None
    assert list(account["hashes"]) == ["person"]


def test_what_an_adapter_set_aside_is_kept_only_where_asked(tmp_path: Path) -> None:
    source = write_source(tmp_path / "synthea")
    found = validate_source("synthea", source, tmp_path / "out", on_bad_rows="quarantine", set_aside=tmp_path / "aside")
    assert found.opened.tables.quality.rows_quarantined == 1
    # A body mass index of 400 is no result that anyone can have.
    aside = pd.read_parquet(tmp_path / "aside" / "lab_result.parquet")
    assert aside["value"].tolist() == [400.0]
    assert not (tmp_path / "out" / "quarantine").exists()


def test_without_a_folder_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    found = validate_source("native", folder, None, on_bad_rows="quarantine")
    assert found.opened.tables.quality.rows_quarantined == 1
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_each_table_rule_and_unknown_column_gets_a_line(folder: Path) -> None:
    lines = describe_quality(validate_source("native", folder, None, on_bad_rows="quarantine"))
    assert lines[0] == "person: 3 rows in, 2 accepted, 1 set aside"
    assert lines[1].startswith("  sex: ")
    assert "1 rows" in lines[1]
    assert lines[2] == "  column shoe_size is not in the contract and was left out"
    assert len(lines) == 3


def test_codes_that_count_for_nothing_get_a_line(folder: Path, tmp_path: Path) -> None:
    tables = open_source("native", folder, tmp_path / "work", on_bad_rows="quarantine").tables
    codes = CodeSummary("who_cn", 900, 40, 12, 2, 3, 1, ("Q99.9", "ZZ99"), ("ZZ99",))
    found = Validation(OpenSource(tables, None), (), {}, (codes,), "made_up")
    assert describe_quality(found)[-1] == (
        "codes: 12 of 900 who_cn diagnoses stand in no code list and count for nothing (Q99.9, ZZ99); "
        "3 are no who_cn code (ZZ99)"
    )


def test_what_an_adapter_could_not_map_gets_a_line(folder: Path, tmp_path: Path) -> None:
    tables = open_source("native", folder, tmp_path / "work", on_bad_rows="quarantine").tables
    report = AdapterReport("made_up", {}, {}, (Unmapped("race", 1234, "no column"),))
    found = Validation(OpenSource(tables, report), (), {}, (), "made_up")
    assert describe_quality(found)[-1] == "adapter: race, 1,234 (no column)"


def test_the_features_of_a_scheme_are_a_part_of_the_catalogue(scheme: Scheme) -> None:
    part, everything = list_scheme_features(scheme), list_scheme_features()
    names = {line.split()[0] for line in part[1:]}
    assert "hba1c_latest_365d" in names
    assert names < {line.split()[0] for line in everything}
    assert len(everything) > 120


def test_a_source_of_canonical_tables_passes_as_a_whole(tmp_path: Path) -> None:
    person = pd.DataFrame({"person_id": ["A"], "birth_date": pd.Timestamp("1960-01-01"), "sex": "male"})
    place = write_tables({"person": person}, tmp_path / "good")
    assert describe_quality(validate_source("native", place, None)) == ["person: 1 rows in, 1 accepted, 0 set aside"]
