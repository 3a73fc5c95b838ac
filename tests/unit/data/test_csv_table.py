"""No cell of a small CSV file can slip into its neighbour's column."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.data.csv_table import read_csv_table
from riskkit.errors import DataContractError


def write(folder: Path, text: str) -> Path:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("team_id,a,b\nT,1,2\nA,100,90,7\n", "row 3 has 4 cells, the header 3"),
        ("team_id,a,b\n\nA,100\n", "row 3 has 2 cells, the header 3"),
        ("team_id,a,a \nA,1,2\n", "column 'a' stands 2 times in the header"),
        ('team_id,a\nA,"1\nB,2\n', "a quote is not closed"),
        ("", "its first row is blank"),
    ],
)
def test_a_row_that_does_not_fit_its_header_is_refused_by_number(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataContractError, match=message):
        read_csv_table(write(tmp_path, text))


def test_blank_columns_at_the_end_are_left_out(tmp_path: Path) -> None:
    # a comma at the end of each row, of the header alone, and of the rows alone
    for text in ("t,a,\nA,1,\nB,2,\n", "t,a,,\nA,1\nB,2\n", "t,a\nA,1,,\nB,2, \n"):
        table = read_csv_table(write(tmp_path, text))
        assert table.columns.tolist() == ["t", "a"]
        assert table.to_numpy().tolist() == [["A", "1"], ["B", "2"]]


def test_rows_keep_their_place_in_the_file_behind_blank_lines(tmp_path: Path) -> None:
    table = read_csv_table(write(tmp_path, "\ufeffa,b\n\n1,x\n \n2,NA\n"))
    # rows 3 and 5 of the file are 1 and 3 after the header
    assert table.index.tolist() == [1, 3]
    assert table["b"].isna().tolist() == [False, True]
    assert read_csv_table(write(tmp_path, "a,b\n2,NA\n"), blanks_missing=False)["b"].tolist() == ["NA"]


def test_a_quoted_comma_is_part_of_its_cell(tmp_path: Path) -> None:
    assert read_csv_table(write(tmp_path, 'a,b\n"1,000", "2"\n'), trim=True).to_numpy().tolist() == [["1,000", "2"]]
