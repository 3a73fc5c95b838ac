"""Spreadsheets read as cells of text."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from riskkit.data.adapters.sheets import SheetField, read_sheet
from riskkit.errors import DataContractError
from tests.unit.data.adapters.workbooks import write_xls, write_xlsx

FIELDS = (SheetField("name", "Name", required=True), SheetField("dose", "Dose (mg)", r"dose\(mg\)|剂量"))


def test_headers_are_folded_and_missing_marks_make_no_cell(tmp_path: Path) -> None:
    file = write_xlsx(tmp_path / "a.xlsx", [[" NAME ", "Ｄｏｓｅ （mg）"], ["x", "/"], ["／", 1.5], ["y ", "２.５"]])
    sheet = read_sheet(file, FIELDS)
    assert (sheet.rows, sheet.strange) == (3, ())
    assert sheet.cells == [
        ("a.xlsx", 2, "name", "x"),
        ("a.xlsx", 3, "dose", "1.5"),
        ("a.xlsx", 4, "name", "y"),
        ("a.xlsx", 4, "dose", "2.5"),
    ]


def test_an_old_workbook_reads_like_a_new_one(tmp_path: Path) -> None:
    table = [["Name", "剂量"], ["甲", 1.5], ["乙", 2.0]]
    new, old = (
        read_sheet(write(tmp_path / f"a.{kind}", table), FIELDS)
        for write, kind in ((write_xlsx, "xlsx"), (write_xls, "xls"))
    )
    assert [cell[1:] for cell in old.cells] == [cell[1:] for cell in new.cells]
    assert [cell[3] for cell in old.cells] == ["甲", "1.5", "乙", "2.0"]


def test_a_column_of_another_header_is_read_under_its_own_name(tmp_path: Path) -> None:
    sheet = read_sheet(write_xlsx(tmp_path / "a.xlsx", [["Name", "Ward"], ["x", "7B"]]), FIELDS)
    assert sheet.strange == ("Ward",)
    assert sheet.cells[-1] == ("a.xlsx", 2, "other:Ward", "7B")


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ([["Name"]], "a.xlsx: found 1 rows, expected a header and at least one row"),
        ([["Ward"], ["7B"]], "a.xlsx: found no column 'Name' (Ward...)"),
        ([["Name", "Dose (mg)", "剂量"], ["x", 1.0, 2.0]], "a.xlsx: found 2 columns 'Dose (mg)', expected one"),
        ([[""], [""]], "a.xlsx: found 0 sheets with values, expected one"),
    ],
    ids=["no-rows", "no-column", "two-columns", "empty"],
)
def test_a_broken_sheet_is_one_clear_line(tmp_path: Path, table: list[list[str | float]], problem: str) -> None:
    with pytest.raises(DataContractError) as error:
        read_sheet(write_xlsx(tmp_path / "a.xlsx", table), FIELDS)
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_workbook_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"Name,Dose\nx,1\n")
    with pytest.raises(DataContractError, match=r"a\.xlsx: cannot be read as a workbook"):
        read_sheet(file, FIELDS)


def test_without_the_reader_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(DataContractError, match=r"Install riskkit\[sheets\]\."):
        read_sheet(tmp_path / "a.xlsx", FIELDS)
