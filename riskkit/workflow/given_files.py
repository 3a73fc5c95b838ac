"""Files that somebody gives beside a source: a CSV or a Parquet file is read whole, or refused in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from riskkit.data.csv_table import read_csv_table
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from pathlib import Path


def read_given_csv(path: Path, *, expected: str) -> pd.DataFrame:
    """Read a CSV file as text, with or without a byte order mark.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    expected : str
        What it holds, for the message, such as ``"team_id, amount"``.

    Returns
    -------
    pandas.DataFrame
        Every column as text.

    Raises
    ------
    DataContractError
        If there is no such file, it is empty or no CSV, or its rows are not as wide as its header.
    """
    _require_file(path, f"a CSV file with {expected}")
    return read_csv_table(path)


def read_given_parquet(path: Path, *, expected: str, advice: str) -> pd.DataFrame:
    """Read a Parquet file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    expected : str
        What it holds, for the message, such as ``"last year's tiers"``.
    advice : str
        Which file to give, such as ``"the scores.parquet of the year before"``.

    Returns
    -------
    pandas.DataFrame
        The content.

    Raises
    ------
    DataContractError
        If there is no such file, or it is no Parquet.
    """
    from pyarrow.lib import ArrowException

    _require_file(path, advice)
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError, ArrowException) as exc:
        message = f"{path}: not readable as Parquet ({_first_line(exc)}); expected {expected}. Give {advice}."
        raise DataContractError(message) from exc


def _require_file(path: Path, expected: str) -> None:
    if not path.is_file():
        message = f"{path}: no such file, expected {expected}. Correct the path."
        raise DataContractError(message)


def _first_line(exc: BaseException) -> str:
    """Say the cause on one line, as a message of the command line is."""
    return " ".join(str(exc).split())
