"""CSV files of our own layout: contracts with amounts in currency, and tables by team."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from riskkit.data.csv_table import HEADER_ROWS, read_csv_table
from riskkit.errors import DataContractError
from riskkit.settlement.money import exact, to_minor
from riskkit.settlement.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from riskkit.settlement.policy import SettlementPolicy

MONEY: Final = ("prepaid", "actual", "revenue")
WORDS: Final = frozenset({"team_id", "institution_id", "indicator", "cause", "track"})
NUMBERS: Final = frozenset(
    {"quality", "lives", "heads", "minimum_rate", "share_rate", "loss_rate", "agreement_year"}
    | {"performance_year", "joiner_rate_amount", "numerator", "denominator"}
    | {f"{name}_amount" for name in MONEY}
)
NUMBER: Final = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?(e[-+]?\d+)?", re.IGNORECASE)


def read_contract_file(policy: SettlementPolicy, source: Path) -> tuple[pd.DataFrame, Place]:
    """Read contracts from CSV, amounts in currency.

    Parameters
    ----------
    policy : SettlementPolicy
        Says the minor unit.
    source : pathlib.Path
        UTF-8 CSV file with a header line; numbers may have commas between thousands.

    Returns
    -------
    tuple of pandas.DataFrame and Place
        The contracts with amounts in minor units, and where they stand in the file.

    Raises
    ------
    DataContractError
        If the file cannot be read, or a cell is no number where one is expected.
    """
    frame = _read(source)
    names = {f"{name}_minor": f"{name}_amount" for name in MONEY if f"{name}_minor" not in frame.columns}
    place = Place(str(source), [int(at) + HEADER_ROWS for at in frame.index], names, policy.per_currency_unit)
    for name in MONEY:
        if f"{name}_amount" in frame.columns:
            amounts = frame.pop(f"{name}_amount")
            frame[f"{name}_minor"] = [_minor(amount, policy.per_currency_unit) for amount in amounts]
    return frame.reset_index(drop=True), place


def read_table(path: Path, numbers: Iterable[str] = ()) -> pd.DataFrame:
    """Read a CSV file of ours: columns that say so, and those that hold any number, become numbers; the rest is text.

    Parameters
    ----------
    path : pathlib.Path
        UTF-8 CSV file with a header line; numbers may have commas between thousands.
    numbers : iterable of str
        Columns that must be numbers, beside those that always are.

    Returns
    -------
    pandas.DataFrame
        Its rows; identifiers, causes and tracks stay as they are written.

    Raises
    ------
    DataContractError
        If the file cannot be read, or a cell is no number where one is expected.
    """
    return _read(path, numbers).reset_index(drop=True)


def _read(path: Path, numbers: Iterable[str] = ()) -> pd.DataFrame:
    """Read a table; its index keeps the place of each row in the file."""
    frame = read_csv_table(path)
    always = NUMBERS | set(numbers)
    for name in [str(column) for column in frame.columns if column not in WORDS]:
        if name in always or frame[name].map(_is_number).any():
            frame[name] = _read_column(path, frame, name)
    return frame


def _is_number(cell: object) -> bool:
    bare = str(cell).strip()
    return any(sign.isdigit() for sign in bare) and NUMBER.fullmatch(bare) is not None


def _read_column(source: Path, frame: pd.DataFrame, name: str) -> list[float]:
    """Read a column of numbers; what is neither a number nor blank is named with its place."""
    numbers: list[float] = []
    for row, cell in enumerate(frame[name]):
        blank = pd.isna(cell) or not str(cell).strip()
        number = float(str(cell).strip().replace(",", "")) if not blank and _is_number(cell) else float("nan")
        if not blank and not math.isfinite(number):
            team = frame["team_id"].iloc[row] if "team_id" in frame.columns else "?"
            message = (
                f"{source}: {name} of team {team!r} (row {frame.index[row] + HEADER_ROWS}) is {cell!r}, expected a "
                "number such as 1,000.00 or 1000. Correct the cell."
            )
            raise DataContractError(message)
        numbers.append(number)
    return numbers


def _minor(amount: float, per_unit: int) -> float:
    """Bring an amount to minor units, exactly as it is written; a blank one stays for the contract to refuse."""
    return float("nan") if pd.isna(amount) else to_minor(exact(float(amount)) * per_unit)
