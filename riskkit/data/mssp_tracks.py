"""Tracks of the Medicare Shared Savings Program, from one column of names or from a flag per track."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from riskkit.data.mssp_cells import read_flags
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    import pandas as pd

LEVELS: Final = ("A", "B", "C", "D", "E")
NUMBERS: Final = {"ONE": "1", "ONE+": "1+", "TWO": "2", "THREE": "3", "3/ENHANCED": "EN"}


def plain_name(name: str) -> str:
    """Bring a column's name to lower case, letters, digits and the plus sign.

    Parameters
    ----------
    name : str
        A name.

    Returns
    -------
    str
        The plain name.

    Examples
    --------
    >>> plain_name("ABtot_Bnchmk ")
    'abtotbnchmk'
    """
    return re.sub(r"[^a-z0-9+]", "", name.lower())


def read_tracks(raw: pd.DataFrame, found: dict[str, str]) -> list[str]:
    """Read each ACO's track, from one column of names or from flags.

    Parameters
    ----------
    raw : pandas.DataFrame of shape (n_acos, n_columns)
        The file's cells as text.
    found : dict of str to str
        Column by its plain name.

    Returns
    -------
    list of str
        Tracks; blank where no flag is set. A file that has no flag of Track 1 means it by no flag at all.

    Raises
    ------
    DataContractError
        If no column tells the track.
    """
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
            f"{', '.join(raw.columns[:5])} and {max(len(raw.columns) - 5, 0)} more. Add it."
        )
        raise DataContractError(message)
    unset = "" if "1" in flags else "1"
    return [next((track for track, flag in flags.items() if flag[at]), unset) for at in range(len(raw))]


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
    text = re.sub(r"M?SSP|TRACK|BASIC|LEVEL|MODEL|[\s_-]|\.0$", "", text).replace("PLUS", "+")
    return NUMBERS.get(text, text)


def read_first_tracks(raw: pd.DataFrame, found: dict[str, str]) -> list[str | None]:
    """Read the track of each ACO's first agreement.

    Parameters
    ----------
    raw : pandas.DataFrame of shape (n_acos, n_columns)
        The file's cells as text.
    found : dict of str to str
        Column by its plain name.

    Returns
    -------
    list of str or None
        Tracks; None where no flag is set.
    """
    flags = {
        track: read_flags(raw[found[f"initialtrack{track}"]])
        for track in ("1", "2", "3")
        if f"initialtrack{track}" in found
    }
    return [next((track for track, flag in flags.items() if flag[at]), None) for at in range(len(raw))]
