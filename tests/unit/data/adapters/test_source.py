"""Source files: found, opened as text and tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.data.adapters.layout import SourceColumn, SourceLayout, amount, code
from riskkit.data.adapters.source import find_files, open_text
from riskkit.data.engine import open_engine
from riskkit.errors import DataContractError

LAYOUT = SourceLayout(
    view="toy_text",
    pattern=r"toy_\d\.csv",
    example="toy_1.csv",
    key=("id",),
    columns=(SourceColumn("id", required=True), amount("cost"), code("sex", "F", "M")),
    missing="?",
)


def write(folder: Path, content: bytes, name: str = "toy_1.csv") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def load(*files: Path) -> list[tuple[str | None, ...]]:
    with open_engine() as engine:
        open_text(engine, files, LAYOUT)
        return engine.execute("SELECT id, cost, sex FROM toy_text ORDER BY id").fetchall()


def test_values_stay_text_and_the_missing_mark_is_missing(tmp_path: Path) -> None:
    file = write(tmp_path, b"id,cost,sex,more\n007,1.50,F,x\n008,?,?,y\n")
    assert load(file) == [("007", "1.50", "F"), ("008", None, None)]


def test_rows_are_counted_by_file(tmp_path: Path) -> None:
    one = write(tmp_path, b"id,cost,sex\n1,1,F\n2,2,M\n")
    two = write(tmp_path, b"sex,id,cost\nF,3,3\n", "toy_2.csv")
    with open_engine() as engine:
        assert open_text(engine, [one, two], LAYOUT) == {"toy_1.csv": 2, "toy_2.csv": 1}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "toy_1.csv: found an empty file, expected a header and rows. Download the file again."),
        (b"id,cost,sex\n", "toy_1.csv: found a header and no rows, expected at least one row."),
        (b"id,cost\n1,2\n", "toy_1.csv: found no column 'sex' among 2 (id, cost, ...)"),
        ("id,cost,sex\n糖,1,F\n".encode("gbk"), "toy_1.csv: cannot be read ("),
        (b"id,cost,sex\n1,1,F\n2,2\n", "toy_1.csv: cannot be read ("),
        (b"id,cost,sex\n1,1e3,F\n", "found 1 values of cost (first id='1': '1e3'), expected an amount"),
        (b"id,cost,sex\n1,1,X\n2,1,X\n", "found 2 values of sex (first id='1': 'X'), expected one of F, M."),
        (b"id,cost,sex\n?,1,F\n", "found 1 values of id (first id=None: no value), expected text."),
        (
            b"id,cost,sex\n1,1,F\n1,2,M\n",
            "found 1 keys that come more than once (first id='1'), expected one row per id.",
        ),
    ],
    ids=["empty", "no-rows", "no-column", "gbk", "ragged", "amount", "code", "required", "twice"],
)
def test_a_broken_file_is_one_clear_line(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(DataContractError) as error:
        load(write(tmp_path, content))
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_without_the_files_says_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(DataContractError, match=r"no file named like toy_1\.csv; found nothing"):
        find_files(tmp_path, LAYOUT)
    write(tmp_path, b"x", "other.txt")
    with pytest.raises(DataContractError, match=r"found other\.txt"):
        find_files(tmp_path, LAYOUT)
    with pytest.raises(DataContractError, match="no such folder"):
        find_files(tmp_path / "absent", LAYOUT)
