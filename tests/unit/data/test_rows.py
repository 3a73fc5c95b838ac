"""Rows are typed, held against their rules, and written or set aside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from riskkit.data.engine import open_engine
from riskkit.data.rows import drop_rows, keep_keys, measure, type_rows, write_clean, write_quarantine
from riskkit.data.schemas import TABLES

LABS = pd.DataFrame(
    {
        "record_id": ["L3", "L1", "L2", "L2"],
        "person_id": ["P1", "P1", "P1", "P9"],
        "date": ["2023-01-03", "2023-01-01", "2023-01-02", "2023-01-02"],
        "available_date": ["2023-01-03", "2023-01-01", "2023-01-01", "2023-01-02"],
        "analyte": "hba1c",
        "value": ["6.5", "7.1", "high", "7.0"],
        "unit": "%",
    }
)
PERSON = pd.DataFrame({"person_id": ["P1"], "birth_date": ["1950-01-01"]})


@pytest.fixture
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_engine(threads=1) as connection:
        connection.register("raw_rows", PERSON)
        type_rows(connection, TABLES["person"])
        keep_keys(connection, TABLES["person"])
        drop_rows(connection)
        connection.register("raw_rows", LABS)
        type_rows(connection, TABLES["lab_result"])
        yield connection


def test_a_row_is_counted_once_however_many_rules_it_breaks(engine: duckdb.DuckDBPyConnection) -> None:
    quality = measure(engine, TABLES["lab_result"], ("comment",))
    # L3 and L1 are sound; both rows of L2 repeat a key, one of them is unreadable and early, the other a stranger's
    assert (quality.rows_in, quality.rows_accepted, quality.rows_quarantined) == (4, 2, 2)
    assert {violation.rule: violation.rows for violation in quality.violations} == {
        "value: readable": 1,
        "available_date not before date": 1,
        "record_id: stands once": 2,
        "person_id: known": 1,
    }
    assert quality.ignored_columns == ("comment",)


def test_good_rows_are_written_typed_and_sorted_by_key(engine: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    file = tmp_path / "lab_result.parquet"
    write_clean(engine, TABLES["lab_result"], file)
    written = pd.read_parquet(file)
    assert written.columns.tolist() == TABLES["lab_result"].column_names
    assert written["record_id"].tolist() == ["L1", "L3"]
    assert written["value"].tolist() == [7.1, 6.5]


def test_whole_numbers_are_sorted_as_numbers(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {
            "record_id": "R1",
            "position": ["10", "2"],
            "person_id": "P1",
            "date": "2023-01-01",
            "available_date": "2023-01-01",
            "code": "E11",
            "vocabulary": "who_cn",
            "source": "registry",
        }
    )
    with open_engine(threads=1) as connection:
        connection.register("raw_rows", rows)
        type_rows(connection, TABLES["diagnosis"])
        write_clean(connection, TABLES["diagnosis"], tmp_path / "diagnosis.csv")
    assert pd.read_csv(tmp_path / "diagnosis.csv")["position"].tolist() == [2, 10]


def test_bad_rows_are_set_aside_as_they_were_found_with_all_their_reasons(
    engine: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_quarantine(engine, TABLES["lab_result"], tmp_path / "quarantine")
    aside = pd.read_parquet(tmp_path / "quarantine" / "lab_result.parquet").sort_values("person_id")
    assert aside["value"].tolist() == ["high", "7.0"]
    assert aside["reason"].tolist() == [
        "value: readable; available_date not before date; record_id: stands once",
        "record_id: stands once; person_id: known",
    ]
