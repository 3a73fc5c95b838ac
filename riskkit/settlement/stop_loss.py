"""Stop-loss: what the fund takes over of a member's cost before the teams are settled."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.settlement.money import exact, to_minor

if TYPE_CHECKING:
    from riskkit.settlement.policy import StopLoss


def cede_above(stop_loss: StopLoss, members: pd.DataFrame, per_unit: int) -> pd.Series[int]:
    """Say what the fund takes over of each member's cost.

    Parameters
    ----------
    stop_loss : StopLoss
        Basis, threshold and share.
    members : pandas.DataFrame of shape (n_members, n_columns)
        `cost_minor` and `prepaid_minor` of each member.
    per_unit : int
        Minor units in one currency unit.

    Returns
    -------
    pandas.Series of int of shape (n_members,)
        Minor units that are taken over.

    References
    ----------
    .. [1] McGuire TG, Schillo S, van Kleef RC, Reinsurance, repayments, and risk adjustment in individual health
       insurance, American Journal of Health Economics 6 (2020): residual-based stop-loss leaves alone those whose
       payment already matches their cost.
    """
    threshold = exact(stop_loss.threshold.value) * per_unit
    share = exact(stop_loss.fund_share.value)
    size = members["cost_minor"] - (members["prepaid_minor"] if stop_loss.basis == "residual" else 0)
    over = [max(int(minor) - threshold, Fraction(0)) for minor in size]
    return pd.Series([to_minor(share * amount) for amount in over], index=members.index, dtype="int64")
