"""The published results of the Medicare Shared Savings Program, whatever the year's spelling of its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from riskkit.data.csv_table import HEADER_ROWS, read_csv_table
from riskkit.data.mssp_cells import read_flags, read_numbers, read_rates
from riskkit.data.mssp_tracks import plain_name, read_first_tracks, read_tracks
from riskkit.errors import DataContractError

SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "aco_id": ("aconum", "acoid"),
    "name": ("aconame",),
    "benchmark": ("abtotbnchmk", "abtotbnchmrk", "totalbenchmark"),
    "expenditure": ("abtotexp", "totalexpenditure"),
    "difference": ("bnchmkminexp",),
    "generated": ("gensaveloss", "gensavloss"),
    "earned": ("earnsaveloss", "earnshrsavings", "earnsavloss"),
    "minimum_rate": ("minsavperc", "minsavrate", "msr"),
    "share_rate": ("finalsharerate",),
    "loss_rate": ("finallossrate",),
    "largest_share": ("qualperfshare", "maxsharerate"),
    "quality": ("qualscore",),
    "met_quality": ("metqps",),
    "lives": ("nab",),
    "disaster_adjustment": ("disadj",),
    "advance_recouped": ("advpayrecoup",),
}
"""Column by what it says; names are compared in lower case, letters and digits alone."""

NEEDED: Final = ("aco_id", "benchmark", "expenditure", "difference", "earned", "minimum_rate")
SHOWN: Final = 5
# So many columns of the layout show that a file is meant as results, though one that is needed may be lacking.
TELLING: Final = 3
PRINTED: Final = {
    "aco_id": "ACO_Num",
    "benchmark": "ABtotBnchmk",
    "expenditure": "ABtotExp",
    "difference": "BnchmkMinExp",
    "earned": "EarnSaveLoss",
    "minimum_rate": "MinSavPerc",
}
AMOUNTS: Final = ("benchmark", "expenditure", "difference", "generated", "earned", "lives")
OPTIONAL_AMOUNTS: Final = ("disaster_adjustment", "advance_recouped")
# A minimum rate is at most a few per cent, so a number above a fifth is one in per cent.
LARGEST: Final = {"minimum_rate": 0.2, "share_rate": 1.0, "loss_rate": 1.0, "largest_share": 1.0, "quality": 1.0}
FIRST_YEAR: Final = 2013
"""Performance year of the contracts that began in 2012, too (42 CFR 425.608)."""


@dataclass(frozen=True)
class PublishedResults:
    """A year of published results.

    Parameters
    ----------
    year : int or None
        Performance year.
    frame : pandas.DataFrame
        One row per ACO, sorted by `aco_id`: `aco_id`, `name`, `track`, `performance_year`, `agreement_year`, and as
        numbers (currency and fractions, NaN where not published) the names of `SPELLINGS`; for each rate
        `<rate>_half_unit`, half a unit of its last printed place.
    columns : tuple of str
        Names of `SPELLINGS` that the file holds.
    nameless : tuple of (int, str)
        Row of the file (the header is 1) and name of each ACO without an identifier; they are not in `frame`.
    repeated : tuple of (int, str, str)
        Row of the file, identifier and name of each row whose ACO stands above it; they are not in `frame`.
    """

    year: int | None
    frame: pd.DataFrame
    columns: tuple[str, ...]
    nameless: tuple[tuple[int, str], ...] = ()
    repeated: tuple[tuple[int, str, str], ...] = ()


def is_results_file(path: Path) -> bool:
    """Whether a file's header is that of published results.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file.

    Returns
    -------
    bool
        True if several columns of the layout are among its own, and no `team_id`.
    """
    with path.open("rb") as file:
        header = file.readline().decode("utf-8-sig", errors="replace")
    names = {plain_name(name) for name in header.split(",")}
    known = sum(bool(names & set(spellings)) for spellings in SPELLINGS.values())
    return known >= TELLING and "teamid" not in names


def read_results(path: str | Path) -> PublishedResults:
    """Read a public use file of results.

    Parameters
    ----------
    path : str or pathlib.Path
        CSV file with a header line.

    Returns
    -------
    PublishedResults
        The year's ACOs.

    Raises
    ------
    DataContractError
        If the file cannot be read, lacks a column that the settlement needs, or holds a cell that is no number.

    References
    ----------
    .. [1] CMS, Shared Savings Program Accountable Care Organizations public use files.
    """
    raw = read_csv_table(path, encodings=("utf-8-sig", "cp1252"), blanks_missing=False, trim=True)
    found = {plain_name(name): name for name in raw.columns}
    columns = {
        name: next(found[spelling] for spelling in spellings if spelling in found)
        for name, spellings in SPELLINGS.items()
        if any(spelling in found for spelling in spellings)
    }
    for name in NEEDED:
        if name not in columns:
            message = (
                f"{path}: no column for {name} ({PRINTED[name]} in any case), found {', '.join(raw.columns[:SHOWN])} "
                f"and {max(len(raw.columns) - SHOWN, 0)} more. Give a results file."
            )
            raise DataContractError(message)
    raw, nameless = _drop_nameless(raw, columns)
    if raw.empty:
        message = f"{path}: no row with an {PRINTED['aco_id']}, expected one per ACO. Give a file with rows."
        raise DataContractError(message)
    raw, repeated = _drop_repeated(raw, columns)
    values: dict[str, object] = {
        name: raw[columns[name]].str.strip() if name in columns else "" for name in ("aco_id", "name")
    }
    for name in (*AMOUNTS, *OPTIONAL_AMOUNTS):
        values[name] = read_numbers(raw[columns[name]]) if name in columns else np.nan
    for name, largest in LARGEST.items():
        if name in columns:
            values[name], values[f"{name}_half_unit"] = read_rates(raw[columns[name]], largest, words=name == "quality")
        else:
            values[name], values[f"{name}_half_unit"] = np.nan, 0.0
    values["met_quality"] = _read_met(raw, columns)
    year = _find_year(Path(path), raw, found)
    frame = pd.DataFrame(values, index=raw.index)
    frame["performance_year"] = np.nan if year is None else float(year)
    frame["track"] = read_tracks(raw, found)
    frame["agreement_year"] = _agreement_years(raw, found, frame["track"], year)
    return PublishedResults(year, frame.sort_values("aco_id", ignore_index=True), tuple(columns), nameless, repeated)


def _drop_nameless(raw: pd.DataFrame, columns: dict[str, str]) -> tuple[pd.DataFrame, tuple[tuple[int, str], ...]]:
    """Set aside rows without an identifier, and say which; rows without any cell are none."""
    blank = raw[columns["aco_id"]].str.strip() == ""
    empty = raw.apply(lambda cells: cells.str.strip() == "").all(axis=1)
    names = raw[columns["name"]].str.strip() if "name" in columns else pd.Series("", index=raw.index)
    nameless = tuple((int(row) + HEADER_ROWS, str(names[row])) for row in raw.index[blank & ~empty])
    return raw[~blank], nameless


def _drop_repeated(raw: pd.DataFrame, columns: dict[str, str]) -> tuple[pd.DataFrame, tuple[tuple[int, str, str], ...]]:
    """Set aside rows whose ACO stands above them, and say which."""
    again = raw[columns["aco_id"]].str.strip().duplicated()
    names = raw[columns["name"]].str.strip() if "name" in columns else pd.Series("", index=raw.index)
    repeated = tuple(
        (int(row) + HEADER_ROWS, str(raw.loc[row, columns["aco_id"]]).strip(), str(names[row]))
        for row in raw.index[again]
    )
    return raw[~again], repeated


def _read_met(raw: pd.DataFrame, columns: dict[str, str]) -> pd.Series:
    if "met_quality" not in columns:
        return pd.Series(np.nan, index=raw.index)
    return pd.Series(read_flags(raw[columns["met_quality"]]).astype(float), index=raw.index)


def _find_year(path: Path, raw: pd.DataFrame, found: dict[str, str]) -> int | None:
    """Find the performance year in the file's name, else in the latest start of a contract."""
    named = re.findall(r"(?<!\d)(20\d\d)(?!\d)", path.stem)
    if len(named) == 1:
        return int(named[0])
    starts = [_years(raw[found[name]]) for name in ("currentstartdate", "startdate") if name in found]
    known = np.concatenate(starts) if starts else np.array([])
    known = known[~np.isnan(known)]
    return int(known.max()) if known.size else None


def _agreement_years(raw: pd.DataFrame, found: dict[str, str], tracks: pd.Series, year: int | None) -> pd.Series:
    """Count the year of each contract in its track; contracts of 2012 had their first performance year through 2013."""
    current = next((name for name in ("currentstartdate", "startdate") if name in found), None)
    if year is None or current is None:
        return pd.Series(np.nan, index=raw.index)
    start = _years(raw[found[current]])
    if "initialstartdate" in found:
        first = read_first_tracks(raw, found)
        stayed = np.array([early == late for early, late in zip(first, tracks, strict=True)])
        start = np.where(stayed, _years(raw[found["initialstartdate"]]), start)
    return pd.Series(year - np.maximum(start, FIRST_YEAR) + 1, index=raw.index)


def _years(cells: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    found = cells.str.extract(r"(?<!\d)((?:19|20)\d\d)(?!\d)")[0]
    return pd.to_numeric(found).to_numpy(dtype=np.float64, na_value=np.nan)
