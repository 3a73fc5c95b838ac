"""Files of teams hold one number where one is due, and one row per team where one is due."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskkit.errors import DataContractError
from riskkit.workflow.team_files import read_team_history


def write(folder: Path, text: str) -> Path:
    file = folder / "teams.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_numbers_are_read_and_teams_stay_text(tmp_path: Path) -> None:
    (tmp_path / "prior").mkdir()
    prior = write(tmp_path / "prior", "amount,team_id\n1200.5,007\n")
    found = read_team_history(write(tmp_path, "team_id,ratio,weight\nA,1.1,20\nA,0.9,30\n"), prior)
    assert found.experience is not None
    assert found.experience.to_numpy().tolist() == [["A", 1.1, 20.0], ["A", 0.9, 30.0]]
    assert found.prior is not None
    assert found.prior.to_numpy().tolist() == [["007", 1200.5]]


def test_without_files_nothing_is_known() -> None:
    found = read_team_history(None, None)
    assert found.experience is None
    assert found.prior is None


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("A,high,20", "ratio of row 2 is 'high' .1 of 1 rows., expected a number of 0 or more"),
        ("A,1,20\nB,,20", "ratio of row 3 is empty"),
        ("A,inf,20", "ratio of row 2 is 'inf'"),
        ("A,1,-3", "weight of row 2 is '-3'"),
        (" ,1,20", "team_id of row 2 is ' ' .*expected the name of a team"),
    ],
)
def test_experience_that_is_no_number_is_refused_with_its_row(tmp_path: Path, rows: str, problem: str) -> None:
    with pytest.raises(DataContractError, match=problem):
        read_team_history(write(tmp_path, f"team_id,ratio,weight\n{rows}\n"), None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("team_id,amount\nA,100\nB,90\nA,110\n", "team_id 'A' comes more than once"),
        ("team_id,amount\nA,5\n\nB,0\n", "amount of row 4 is '0' .* expected a number above 0"),
        ("team_id,amount\nA,much\n", "amount of row 2 is 'much'"),
        ("team_id,rate\nA,100\n", "amount"),
        ("", "not readable as CSV"),
    ],
)
def test_amounts_of_last_year_that_cannot_be_held_against_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(DataContractError, match=problem):
        read_team_history(None, write(tmp_path, text))
