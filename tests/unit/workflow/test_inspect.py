"""A look before a run: each rule that was broken, with its rows, and each feature with what it means."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.adapters.report import AdapterReport, Unmapped
from riskkit.data.io import write_tables
from riskkit.errors import DataContractError
from riskkit.workflow.inspect import describe_quality, list_features, validate_source
from riskkit.workflow.scheme import Scheme
from riskkit.workflow.source import OpenSource, open_source


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


def test_a_source_that_breaks_its_contract_is_refused_and_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match="person: 1 of"):
        validate_source("native", folder, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_rows_set_aside_are_written_with_the_account(folder: Path, tmp_path: Path) -> None:
    validate_source("native", folder, tmp_path / "out", on_bad_rows="quarantine")
    aside = pd.read_parquet(tmp_path / "out" / "quarantine" / "person.parquet")
    assert aside["person_id"].tolist() == ["C"]
    account = json.loads((tmp_path / "out" / "quality.json").read_text(encoding="utf-8"))
    assert account["adapter"] is None
    assert list(account["hashes"]) == ["person"]


def test_without_a_folder_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    opened = validate_source("native", folder, None, on_bad_rows="quarantine")
    assert opened.tables.quality.rows_quarantined == 1
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_each_table_rule_and_unknown_column_gets_a_line(folder: Path) -> None:
    lines = describe_quality(validate_source("native", folder, None, on_bad_rows="quarantine"))
    assert lines[0] == "person: 3 rows in, 2 accepted, 1 set aside"
    assert lines[1].startswith("  sex: ")
    assert "1 rows" in lines[1]
    assert lines[2] == "  column shoe_size is not in the contract and was left out"
    assert len(lines) == 3


def test_what_an_adapter_could_not_map_gets_a_line(folder: Path, tmp_path: Path) -> None:
    tables = open_source("native", folder, tmp_path / "work", on_bad_rows="quarantine").tables
    report = AdapterReport("made_up", {}, {}, (Unmapped("race", 1234, "no column"),))
    assert describe_quality(OpenSource(tables, report))[-1] == "not mapped: race, 1,234 (no column)"


def test_the_features_of_a_scheme_are_listed_one_a_line(scheme: Scheme) -> None:
    lines = list_features(scheme)
    assert lines[0] == f"{len(lines) - 1} features of synthetic"
    (age,) = (line for line in lines if line.startswith("age_years "))
    assert age.split()[:4] == ["age_years", "+", "payment", "demography"]
    assert age.endswith("[years]")
    (sugar,) = (line for line in lines if line.startswith("hba1c_latest_365d "))
    assert "365d" in sugar.split()
    assert "clinical" in sugar


def test_a_source_of_canonical_tables_passes_as_a_whole(tmp_path: Path) -> None:
    person = pd.DataFrame({"person_id": ["A"], "birth_date": pd.Timestamp("1960-01-01"), "sex": "male"})
    place = write_tables({"person": person}, tmp_path / "good")
    assert describe_quality(validate_source("native", place, None)) == ["person: 1 rows in, 1 accepted, 0 set aside"]
