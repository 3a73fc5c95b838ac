"""Upcoding: coded complications against what members of the same age, sex and laboratory values are coded with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskkit.settlement.monitor_policy import Upcoding

STRATUM = ["age_band", "sex", "value_band"]


def compare_coding(policy: Upcoding, members: pd.DataFrame) -> pd.DataFrame:
    """Hold each team's coded complications to what is expected of its members.

    Expected is the book's rate in each cell of age, sex and laboratory value. The ratio is drawn to 1 by its
    credibility Z = v / (v + k): v is the number expected and k the within over the between variance of the ratios, so
    that a small team is not named by luck.

    Parameters
    ----------
    policy : Upcoding
        Cells and limit.
    members : pandas.DataFrame of shape (n_members, 5)
        `team_id`, `age`, `sex`, `value` (latest of the analyte, NaN without one) and `coded` (0 or 1).

    Returns
    -------
    pandas.DataFrame of shape (n_teams, 7)
        `team_id`, `members`, `coded`, `expected`, `ratio`, `credible_ratio` and `upcoding_alert`: the credible ratio is
        above 1 by more than the limit. Sorted by `team_id`.

    References
    ----------
    .. [1] Buhlmann H, Straub E, Glaubwuerdigkeit fuer Schadensaetze (1970).
    """
    cells = members.assign(
        age_band=np.searchsorted([cut.value for cut in policy.age_cuts], members["age"].to_numpy(float), side="right"),
        value_band=_value_band(policy, members["value"]),
    )
    cells["expected"] = cells.groupby(STRATUM, observed=True)["coded"].transform("mean")
    table = cells.groupby("team_id").agg(
        members=("coded", "size"), coded=("coded", "sum"), expected=("expected", "sum")
    )
    within_each = (cells["expected"] * (1 - cells["expected"])).groupby(cells["team_id"]).sum()
    ratio = table["coded"] / table["expected"].where(table["expected"] > 0)
    credible = 1 + _credibility(table["expected"], ratio, within_each) * (ratio.fillna(1.0) - 1)
    table = table.assign(ratio=ratio, credible_ratio=credible)
    return table.assign(upcoding_alert=credible - 1 > policy.most_deviation.value).reset_index()


def _value_band(policy: Upcoding, values: pd.Series[float]) -> NDArray[np.int64]:
    """Cut the values; members without one are a band of their own."""
    bands = np.searchsorted([cut.value for cut in policy.cuts], values.to_numpy(float), side="right")
    return np.where(values.isna(), -1, bands).astype(np.int64)


def _credibility(expected: pd.Series[float], ratio: pd.Series[float], variance: pd.Series[float]) -> pd.Series[float]:
    """Weigh each ratio: its variance under the book's rates is known, that between teams is estimated."""
    whole = expected.sum()
    own = variance / expected.where(expected > 0) ** 2
    excess = (expected * ((ratio - 1) ** 2 - own)).sum() / whole if whole else 0.0
    if not excess > 0:
        return pd.Series(0.0, index=expected.index)
    return (excess / (excess + own)).fillna(0.0)
