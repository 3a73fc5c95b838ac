"""The contract: what one team was prepaid, what its members cost, and the results that its policy asks for."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pandas as pd

from riskkit.errors import DataContractError
from riskkit.settlement.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

AMOUNTS: Final = ("prepaid_minor", "actual_minor")
WORDS: Final = ("cause", "track")


@dataclass(frozen=True)
class Contract:
    """One team's year.

    Parameters
    ----------
    team_id : str
        The team.
    prepaid_minor, actual_minor : int
        What was prepaid and what the members cost, complete and after stop-loss, in minor units.
    track : str, optional
        Which terms of a policy with tracks.
    cause : str, optional
        Reason code of an overspend.
    measures : mapping of str to float
        What else the policy may ask for: `quality`, `heads`, `lives`, `minimum_rate`, `share_rate`,
        `agreement_year`, `revenue_minor`, and the measures of its bonuses.
    """

    team_id: str
    prepaid_minor: int
    actual_minor: int
    track: str | None = None
    cause: str | None = None
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def difference_minor(self) -> int:
        """What was prepaid less what the members cost."""
        return self.prepaid_minor - self.actual_minor

    def get(self, name: str) -> float | None:
        """Return a measure, None where it is not known.

        Parameters
        ----------
        name : str
            A measure.

        Returns
        -------
        float or None
            Its value.
        """
        value = self.measures.get(name)
        return None if value is None or math.isnan(value) else value

    def need(self, name: str) -> float:
        """Return a measure that the policy cannot do without.

        Parameters
        ----------
        name : str
            A measure.

        Returns
        -------
        float
            Its value.

        Raises
        ------
        DataContractError
            If it is not known.
        """
        value = self.get(name)
        if value is None:
            column = name.replace("_minor", "_amount")
            written = f" ({column!r} in a file)" if column != name else ""
            message = (
                f"settlement: team {self.team_id!r} has no {name!r}{written}, which the policy asks for. Add the "
                "column, or drop the policy block that uses it."
            )
            raise DataContractError(message)
        return value


def read_contracts(frame: pd.DataFrame, place: Place | None = None) -> list[Contract]:
    """Turn a frame into contracts, each row checked.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_teams, n_columns)
        `team_id`, `prepaid_minor`, `actual_minor` (whole minor units), and where the policy asks for them `track`,
        `cause` and numbers.
    place : Place, optional
        Where they stand.

    Returns
    -------
    list of Contract
        Sorted by `team_id`.

    Raises
    ------
    DataContractError
        If there is no row, a column is absent, a team is missing or repeated, or an amount is no whole number;
        prepaid must be above 0.
    """
    where = place or Place()
    for column in ("team_id", *AMOUNTS):
        if column not in frame.columns:
            found = ", ".join(where.name(str(name)) for name in frame.columns)
            message = f"{where.source}: the contracts lack column {where.name(column)!r}, found {found}. Add it."
            raise DataContractError(message)
    if frame.empty:
        message = f"{where.source}: there is no contract, expected one row per team. Give a file with rows."
        raise DataContractError(message)
    where.refuse(frame, frame["team_id"].isna(), "team_id", "a name")
    where.refuse(frame, frame.duplicated("team_id"), "team_id", "one row per team")
    for column in AMOUNTS:
        numbers = pd.to_numeric(frame[column], errors="coerce")
        where.refuse(frame, numbers.isna() | (numbers % 1 != 0), column, "a whole number of minor units")
    where.refuse(frame, pd.to_numeric(frame["prepaid_minor"]) <= 0, "prepaid_minor", "more than 0")
    ordered = frame.assign(team_id=frame["team_id"].astype("str")).sort_values("team_id")
    return [_read_row({str(name): value for name, value in row.items()}) for row in ordered.to_dict("records")]


def _read_row(row: dict[str, object]) -> Contract:
    words = {name: None if pd.isna(row.get(name)) else str(row[name]) for name in WORDS}  # type: ignore[call-overload]  # a scalar of a frame
    known = {"team_id", *AMOUNTS, *WORDS}
    measures = {
        name: float(value)
        for name, value in row.items()
        if name not in known and isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    prepaid, actual = (int(row[name]) for name in AMOUNTS)  # type: ignore[call-overload]  # whole numbers, as checked
    return Contract(str(row["team_id"]), prepaid, actual, words["track"], words["cause"], measures)
