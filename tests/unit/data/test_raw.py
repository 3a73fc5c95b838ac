"""Raw files are opened without guessing, or refused in one line that says what to do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from riskkit.data.engine import open_engine
from riskkit.data.raw import check_columns, open_raw, reading
from riskkit.data.schemas import TABLES
from riskkit.errors import DataContractError


def _read(file: Path) -> tuple[list[str], list[tuple[object, ...]]]:
    with open_engine() as engine, reading(file.name, file.suffix[1:]):
        names = open_raw(engine, file)
        return names, engine.execute("SELECT * FROM raw_rows").fetchall()


def _csv(folder: Path, content: str | bytes) -> Path:
    file = folder / "person.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,2\n", [("1", "2")]),
        ("a,b\n1,2", [("1", "2")]),
        ("a,b\r\n1,2\r\n", [("1", "2")]),
        ("\ufeffa,b\n1,2\n", [("1", "2")]),
        ('a,b\n"1,5",2\n', [("1,5", "2")]),
        ('a,b\n"one ""two""",2\n', [('one "two"', "2")]),
        ('a,b\n"one\ntwo",2\n', [("one\ntwo", "2")]),
        ('a,b\n,""\n', [(None, None)]),
        ("a,b\n01,2020-01-01\n", [("01", "2020-01-01")]),
        ("a,b\n", []),
        ('"a","b"\n是,2\n', [("是", "2")]),
    ],
    ids=["plain", "no-last-newline", "crlf", "bom", "comma", "quotes", "newline", "empty", "text", "header", "utf8"],
)
def test_csv_is_read_as_text_and_an_empty_field_is_missing(
    tmp_path: Path, content: str, rows: list[tuple[object, ...]]
) -> None:
    assert _read(_csv(tmp_path, content)) == (["a", "b"], rows)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the first line is blank"),
        (b"a,a\n1,2\n", "column 'a' stands twice"),
        (b"a,A\n1,2\n", "column 'A' stands twice"),
        (b"a,\n1,2\n", "column 2 of the header has no name"),
        (b"a,b\n1,2\n1,2,3\n", "CSV Error on Line: 3; Expected Number of Columns: 2 Found: 3"),
        (b"a,b\n1,2\n1\n", "CSV Error on Line: 3; Expected Number of Columns: 2 Found: 1"),
        (b'a,b\n"1,2\n', "Line: 2; Value with unterminated quote found"),
        ("a,b\n姓名,上海\n".encode("gbk"), "not UTF-8 .byte 0xd0 cannot be decoded; it looks like GBK"),
        ("a,b\n1,2\n".encode("utf-16"), "not UTF-8 .byte 0xff cannot be decoded; it looks like UTF-16"),
        (b"a,b\n1,\xff\xff\xff\n", r"not UTF-8 .byte 0xff cannot be decoded\)"),
    ],
    ids=["empty", "blank", "twice", "case", "noname", "long", "short", "quote", "gbk", "utf16", "bytes"],
)
def test_a_csv_that_would_need_guessing_is_refused_in_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataContractError, match=message) as caught:
        _read(_csv(tmp_path, content))
    assert str(caught.value).startswith("person.csv: ")
    assert "\n" not in str(caught.value)


def test_a_parquet_file_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    pd.DataFrame({"a": range(1000)}).to_parquet(whole)
    cut = tmp_path / "person.parquet"
    cut.write_bytes(whole.read_bytes()[:-50])
    with pytest.raises(
        DataContractError, match=r"person.parquet: cannot be read as parquet \(.*\). Correct it"
    ) as caught:
        _read(cut)
    assert "\n" not in str(caught.value)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "person.parquet").mkdir()
    with pytest.raises(DataContractError, match="found a folder, expected a file"):
        _read(tmp_path / "person.parquet")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_path_is_no_pattern(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "year=2024 [a-z]*"
    folder.mkdir()
    frame = pd.DataFrame({"a": ["1"]})
    file = folder / f"person{suffix}"
    frame.to_csv(file, index=False) if suffix == ".csv" else frame.to_parquet(file)
    assert _read(file) == (["a"], [("1",)])


def test_a_missing_column_is_named_with_what_was_found_and_what_is_needed() -> None:
    with pytest.raises(DataContractError) as caught:
        check_columns("person.csv", ["person_id", "sex"], TABLES["person"])
    assert str(caught.value) == (
        "person.csv: column 'birth_date' is missing; found person_id, sex. Add it: person needs person_id, birth_date."
    )
