"""Experience and last year's amounts of the teams from their files, checked before any work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.data.csv_table import HEADER_ROWS
from riskkit.errors import DataContractError
from riskkit.tiers.cuts import require_columns
from riskkit.workflow.given_files import read_given_csv
from riskkit.workflow.rate import TeamHistory

if TYPE_CHECKING:
    from pathlib import Path

AMOUNT = "amount"
WANTED = {"team_id": "the name of a team", AMOUNT: "a number above 0, or no row for a new team"}


def read_team_history(experience: Path | None, prior: Path | None) -> TeamHistory:
    """Read what is known of the teams from years before.

    Parameters
    ----------
    experience : pathlib.Path or None
        CSV file with `team_id`, `ratio`, `weight`; one row per team and year.
    prior : pathlib.Path or None
        CSV file with `team_id`, `amount` per member year; one row per team. A new team is left out.

    Returns
    -------
    TeamHistory
        What the files hold.

    Raises
    ------
    DataContractError
        If a file is missing or no CSV, lacks a column, names no team in a row, holds what is no number or a negative
        one, or last year's amounts repeat a team or hold a 0.
    """
    return TeamHistory(
        None if experience is None else _read_numbers(experience, ["ratio", "weight"]),
        None if prior is None else _require_once(_read_numbers(prior, [AMOUNT]), prior),
    )


def _read_numbers(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read one row per team with numbers; a row that is not usable is named by its number in the file."""
    names = ["team_id", *columns]
    given = read_given_csv(path, expected=", ".join(names))
    require_columns(given, names, str(path))
    numbers = {name: pd.to_numeric(given[name], errors="coerce").astype("float64") for name in columns}
    usable = {"team_id": given["team_id"].fillna("").str.strip() != ""}
    usable |= {
        name: values.between(0, np.inf, inclusive="neither" if name == AMOUNT else "left")
        for name, values in numbers.items()
    }
    for name, good in usable.items():
        if not good.all():
            place = int(np.flatnonzero(~good.to_numpy())[0])
            wanted = WANTED.get(name, "a number of 0 or more")
            cell = given[name].iloc[place]
            found = "empty" if pd.isna(cell) else repr(str(cell))
            message = (
                f"{path}: {name} of row {given.index[place] + HEADER_ROWS} is {found} "
                f"({int((~good).sum())} of {len(given)} rows), expected {wanted}. Correct or remove the row."
            )
            raise DataContractError(message)
    return given[["team_id"]].assign(team_id=given["team_id"].str.strip(), **numbers)


def _require_once(prior: pd.DataFrame, path: Path) -> pd.DataFrame:
    twice = prior.loc[prior["team_id"].duplicated(), "team_id"]
    if len(twice):
        message = (
            f"{path}: team_id {twice.iloc[0]!r} comes more than once ({len(twice)} of {len(prior)} rows repeat one), "
            "expected one row per team. Keep one amount of each."
        )
        raise DataContractError(message)
    return prior
