"""A file that is missing, empty or of another kind is refused in one line that names it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.workflow.given_files import read_given_csv, read_given_parquet

ADVICE = "the file of the year before"


def test_a_csv_is_text_with_or_without_a_mark(tmp_path: Path) -> None:
    for name, mark in (("plain.csv", ""), ("marked.csv", "\ufeff")):
        (tmp_path / name).write_text(mark + "team_id,amount\n007,1e3\n", encoding="utf-8")
        found = read_given_csv(tmp_path / name, expected="team_id, amount")
        assert found.to_dict("records") == [{"team_id": "007", "amount": "1e3"}]


def test_a_parquet_is_what_was_written(tmp_path: Path) -> None:
    frame = pd.DataFrame({"person_id": ["P"], "x": [1.5]})
    frame.to_parquet(tmp_path / "rows.parquet")
    pd.testing.assert_frame_equal(read_given_parquet(tmp_path / "rows.parquet", expected="rows", advice=ADVICE), frame)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00\xff\xfe", b'a,b\n"open,1\n'])
def test_what_is_neither_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "given"
    file.write_bytes(content)
    with pytest.raises(DataContractError, match="given: not readable as CSV") as csv:
        read_given_csv(file, expected="team_id, amount")
    with pytest.raises(DataContractError, match="given: not readable as Parquet") as parquet:
        read_given_parquet(file, expected="rows", advice=ADVICE)
    assert "\n" not in str(csv.value) + str(parquet.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match="none: no such file, expected a CSV file with team_id"):
        read_given_csv(tmp_path / "none", expected="team_id")
    with pytest.raises(DataContractError, match="none: no such file, expected the file of the year before"):
        read_given_parquet(tmp_path / "none", expected="rows", advice=ADVICE)
