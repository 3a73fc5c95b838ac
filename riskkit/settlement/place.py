"""The place of a contract: file, row and column, so that a refusal names the cell as its author wrote it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


@dataclass(frozen=True)
class Place:
    """Where contracts stand.

    Parameters
    ----------
    source : str, default 'settlement'
        The file.
    rows : sequence of int
        Row of each contract in the file; none where there is no file.
    names : mapping of str to str
        Column of the file by column of the frame, for the amounts that the file holds in currency.
    per_unit : int, default 1
        Minor units in one currency unit of those amounts.
    """

    source: str = "settlement"
    rows: Sequence[int] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    per_unit: int = 1

    def name(self, column: str) -> str:
        """Name a column as the file does.

        Parameters
        ----------
        column : str
            Column of the frame.

        Returns
        -------
        str
            Column of the file.
        """
        return self.names.get(column, column)

    def refuse(self, contracts: pd.DataFrame, wrong: pd.Series, column: str, expected: str) -> None:
        """Refuse the first contract that is wrong, with the number of the others.

        Parameters
        ----------
        contracts : pandas.DataFrame of shape (n_teams, n_columns)
            Contracts, with `team_id`.
        wrong : pandas.Series of bool of shape (n_teams,)
            Which are wrong.
        column : str
            The column that is.
        expected : str
            What it should hold.

        Raises
        ------
        DataContractError
            If any is.
        """
        if not wrong.any():
            return
        at = int(wrong.to_numpy().argmax())
        found = contracts[column].iloc[at]
        shown = found / self.per_unit if column in self.names else found
        row = f", row {self.rows[at]}" if self.rows else ""
        message = (
            f"{self.source}: {self.name(column)} must be {expected}, found {shown} (team_id "
            f"{str(contracts['team_id'].iloc[at])!r}{row}) and {int(wrong.sum()) - 1} more of {len(contracts)} "
            "contracts. Correct the contracts."
        )
        raise DataContractError(message)
