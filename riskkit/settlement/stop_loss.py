"""Stop-loss: what the fund takes over of a member's cost before the teams are settled."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.settlement.money import exact, split_whole, to_minor

if TYPE_CHECKING:
    from riskkit.settlement.cost_blocks import StopLoss


def cede_above(stop_loss: StopLoss, members: pd.DataFrame, per_unit: int) -> pd.Series[int]:
    """Say what the fund takes over of each member's cost.

    The threshold is a member's, whatever the number of teams: what is above it is shared by the teams in proportion to
    their cost of that member.

    Parameters
    ----------
    stop_loss : StopLoss
        Basis, threshold and share.
    members : pandas.DataFrame of shape (n_member_teams, n_columns)
        `person_id`, and `cost_minor` (complete) and `prepaid_minor` of each member in each team.
    per_unit : int
        Minor units in one currency unit.

    Returns
    -------
    pandas.Series of int of shape (n_member_teams,)
        Minor units that are taken over.

    References
    ----------
    .. [1] McGuire TG, Schillo S, van Kleef RC, Reinsurance, repayments, and risk adjustment in individual health
       insurance, American Journal of Health Economics 6 (2020): residual-based stop-loss leaves alone those whose
       payment already matches their cost.
    """
    threshold = exact(stop_loss.threshold.value) * per_unit
    share = exact(stop_loss.fund_share.value)
    sums = members.groupby("person_id")[["cost_minor", "prepaid_minor"]].sum()
    size = sums["cost_minor"] - (sums["prepaid_minor"] if stop_loss.basis == "residual" else 0)
    ceded = [0] * len(members)
    for person, rows in members.groupby("person_id").indices.items():
        over = int(size.loc[str(person)]) - threshold
        if over > 0:
            weights = [Fraction(max(int(minor), 0)) for minor in members["cost_minor"].iloc[rows]]
            for row, part in zip(rows, split_whole(to_minor(share * over), weights), strict=True):
                ceded[row] = part
    return pd.Series(ceded, index=members.index, dtype="int64")
