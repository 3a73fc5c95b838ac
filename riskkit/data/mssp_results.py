"""The published results of the Medicare Shared Savings Program, whatever the year's spelling of its columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from riskkit.data.mssp_cells import read_flags, read_numbers, read_rates
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

NEEDED: Final = ("aco_id", "benchmark", "expenditure", "minimum_rate")
AMOUNTS: Final = ("benchmark", "expenditure", "difference", "generated", "earned", "lives")
OPTIONAL_AMOUNTS: Final = ("disaster_adjustment", "advance_recouped")
# A minimum rate is at most a few per cent, so a number above a fifth is one in per cent.
LARGEST: Final = {"minimum_rate": 0.2, "share_rate": 1.0, "loss_rate": 1.0, "largest_share": 1.0, "quality": 1.0}
LEVELS: Final = ("A", "B", "C", "D", "E")
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
        One row per ACO, sorted by `aco_id`: `aco_id`, `name`, `track`, `agreement_year`, and as numbers (currency and
        fractions, NaN where not published) the names of `SPELLINGS`; for each rate `<rate>_half_unit`, half a unit of
        its last printed place.
    columns : tuple of str
        Names of `SPELLINGS` that the file holds.
    """

    year: int | None
    frame: pd.DataFrame
    columns: tuple[str, ...]


def is_results_file(path: Path) -> bool:
    """Whether a file's header is that of published results.

    Parameters
    ----------
    path : pathlib.Path
        A CSV file.

    Returns
    -------
    bool
        True if benchmark and expenditure of assigned beneficiaries are among its columns.
    """
    with path.open("rb") as file:
        header = file.readline().decode("utf-8-sig", errors="replace")
    names = {_plain(name) for name in header.split(",")}
    return all(names & set(SPELLINGS[column]) for column in ("benchmark", "expenditure"))


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
    raw = _read_text(Path(path))
    found = {_plain(name): name for name in raw.columns}
    columns = {
        name: next(found[spelling] for spelling in spellings if spelling in found)
        for name, spellings in SPELLINGS.items()
        if any(spelling in found for spelling in spellings)
    }
    for name in NEEDED:
        if name not in columns:
            message = (
                f"{path}: no column for {name} ({SPELLINGS[name][0]} in any case), found "
                f"{', '.join(raw.columns[:12])}, ... Give a results file."
            )
            raise DataContractError(message)
    raw = raw[raw[columns["aco_id"]].str.strip() != ""].reset_index(drop=True)
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
    frame["track"] = _read_tracks(raw, found)
    frame["agreement_year"] = _agreement_years(raw, found, frame["track"], year)
    return PublishedResults(year, frame.sort_values("aco_id", ignore_index=True), tuple(columns))


def _read_text(path: Path) -> pd.DataFrame:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return pd.read_csv(path, dtype="str", keep_default_na=False, encoding=encoding, skipinitialspace=True)
        except UnicodeDecodeError:
            continue
        except (OSError, pd.errors.ParserError, pd.errors.EmptyDataError) as exc:
            message = (
                f"{path}: not readable as CSV ({' '.join(str(exc).split())}). Give a results file with a header line."
            )
            raise DataContractError(message) from exc
    message = f"{path}: neither UTF-8 nor Windows-1252. Save the file as UTF-8."
    raise DataContractError(message)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", name.lower())


def _read_met(raw: pd.DataFrame, columns: dict[str, str]) -> pd.Series:
    if "met_quality" not in columns:
        return pd.Series(np.nan, index=raw.index)
    return pd.Series(read_flags(raw[columns["met_quality"]]).astype(float), index=raw.index)


def _read_tracks(raw: pd.DataFrame, found: dict[str, str]) -> list[str]:
    """Read each ACO's track, from one column of names or from flags; a file with the flag of Track 2 alone means 1."""
    for spelling in ("currenttrack", "track"):
        if spelling in found:
            return [_name_track(cell) for cell in raw[found[spelling]]]
    flags = {
        track: read_flags(raw[found[spelling]])
        for track, spellings in _track_flags().items()
        for spelling in spellings
        if spelling in found
    }
    if not flags:
        message = (
            "results: no column of tracks (Track1, Current_Track_1, Current_Track), found "
            f"{', '.join(raw.columns[:12])}, ... Add it."
        )
        raise DataContractError(message)
    return [next((track for track, flag in flags.items() if flag[at]), "1") for at in range(len(raw))]


def _track_flags() -> dict[str, tuple[str, ...]]:
    """Spellings of each track's flag; those of the current agreement go before, those of the first one never count."""
    levels = {level: (f"currentbasic{level.lower()}", f"basic{level.lower()}") for level in LEVELS}
    plus = ("currenttrack1plus", "currenttrack1+", "track1plus", "track1+")
    numbers = {number: (f"currenttrack{number}", f"track{number}") for number in ("3", "2", "1")}
    return {"EN": ("currentenhanced", "enhanced"), **levels, "1+": plus, **numbers}


def _name_track(cell: str) -> str:
    """Bring a track's name to ours: ``"Track 1+"`` to ``"1+"``, ``"BASIC Level E"`` to ``"E"``."""
    text = cell.strip().upper()
    if text.startswith("EN"):
        return "EN"
    text = re.sub(r"TRACK|BASIC|LEVEL|MODEL|[\s_-]|\.0$", "", text)
    return text.replace("PLUS", "+")


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
        first = _read_first_tracks(raw, found)
        stayed = np.array([early == late for early, late in zip(first, tracks, strict=True)])
        start = np.where(stayed, _years(raw[found["initialstartdate"]]), start)
    return pd.Series(year - np.maximum(start, FIRST_YEAR) + 1, index=raw.index)


def _read_first_tracks(raw: pd.DataFrame, found: dict[str, str]) -> list[str | None]:
    flags = {
        track: read_flags(raw[found[f"initialtrack{track}"]])
        for track in ("1", "2", "3")
        if f"initialtrack{track}" in found
    }
    return [next((track for track, flag in flags.items() if flag[at]), None) for at in range(len(raw))]


def _years(cells: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    found = cells.str.extract(r"(?<!\d)((?:19|20)\d\d)(?!\d)")[0]
    return pd.to_numeric(found).to_numpy(dtype=np.float64, na_value=np.nan)
