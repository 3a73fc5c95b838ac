"""What cannot be recalibrated is refused, by column and row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.workflow.imported_rows import Columns, read_rows, read_table

COLUMNS = Columns("chd", weight="weight", person="person_id")


def make_table(**changes: Any) -> pd.DataFrame:
    columns = {"person_id": ["a", "b", "c"], "chd": [0.1, 0.2, 0.3], "observed": [0, 1, 0], "weight": [1.0, 2.0, 1.0]}
    return pd.DataFrame({**columns, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"chd": [0.1, 1.2, 0.3]},
            r"1 of 3 values of column 'chd' are not a probability from 0 to 1 \(first in row 1: 1.2",
        ),
        ({"chd": [0.1, np.nan, 0.3]}, r"1 of 3 values of column 'chd' are not a finite number \(first in row 1"),
        ({"chd": ["0.1", "high", "0.3"]}, "column 'chd' are not a finite number"),
        ({"observed": [0, 2, 0]}, "column 'observed' are not 0 or 1"),
        (
            {"observed": [0, 0, 0]},
            r"column 'observed' holds \[0.0\] alone in 3 rows, expected events and members without",
        ),
        ({"weight": [1.0, -1.0, 1.0]}, "column 'weight' are not a weight that is not negative"),
        ({"person_id": ["a", "b", "a"]}, r"1 rows repeat person_id \(first 'a'\), expected each once"),
    ],
)
def test_a_bad_table_is_refused_with_what_to_do(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DataContractError, match=said):
        read_rows(make_table(**changes), COLUMNS)


def test_a_person_may_stand_at_two_index_dates() -> None:
    table = make_table(person_id=["a", "a", "b"], index_date=["2023-01-01", "2024-01-01", "2024-01-01"])
    assert read_rows(table, COLUMNS)["person_id"].tolist() == ["a", "a", "b"]


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(DataContractError, match="column 'ukpds' is missing, found person_id, chd, observed, weight"):
        read_rows(make_table(), Columns("ukpds"))


@pytest.mark.parametrize("name", ["predictions.xlsx", "absent.csv"])
def test_another_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataContractError, match=r"found no such .parquet or .csv file"):
        read_table(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", r"not readable as CSV \(its first row is blank\)"),
        ("binary.csv", bytes(range(256)) * 8, r"not readable as CSV \(its text is not utf-8-sig\)"),
        ("ragged.csv", b"a,b\n1,2\n1,2,3\n", "row 3"),
        ("empty.parquet", b"", r"not readable as Parquet"),
        ("cut.parquet", b"PAR1 cut short", r"not readable as Parquet"),
    ],
)
def test_a_file_that_is_not_what_its_ending_says_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataContractError, match=rf"{name}.*{said}"):
        read_table(tmp_path / name)
