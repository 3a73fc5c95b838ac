"""The gradient of the tiers: observed rate and cost of each, and whether they rise from tier to tier."""

from __future__ import annotations

from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.tiers.cuts import require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def compute_gradient(members: pd.DataFrame, tiers: Sequence[str], *, level: float = 0.95) -> pd.DataFrame:
    """Compute the observed rate of an event by tier with intervals, and the tier's share of members and cost.

    Parameters
    ----------
    members : pandas.DataFrame
        `risk_tier`, `observed` (0 or 1), and `cost` (currency) where it is known.
    tiers : sequence of str
        Tiers from the lowest to the highest.
    level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame of shape (n_tiers, 8)
        `risk_tier`, `members`, `member_share`, `events`, `rate`, `low`, `high` (Wilson), `cost_share`; tiers in order.

    References
    ----------
    .. [1] Wilson E. B. (1927). Probable inference. JASA 22(158). doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> members = pd.DataFrame({"risk_tier": ["low"] * 4 + ["high"] * 2, "observed": [0, 0, 0, 1, 1, 1]})
    >>> compute_gradient(members, ["low", "high"])[["members", "events", "rate"]].values.tolist()
    [[4.0, 1.0, 0.25], [2.0, 2.0, 1.0]]
    """
    require_columns(members, ["risk_tier", "observed"], "tier gradient")
    tier, observed = members["risk_tier"].to_numpy(), members["observed"].to_numpy(dtype=np.float64)
    cost = members["cost"].to_numpy(dtype=np.float64) if "cost" in members else np.full(len(members), np.nan)
    number = np.array([(tier == name).sum() for name in tiers], dtype=np.float64)
    events = np.array([observed[tier == name].sum() for name in tiers])
    spent = np.array([cost[tier == name].sum() for name in tiers])
    low, high = compute_wilson(events, number, level=level)
    rate = np.divide(events, number, out=np.full(len(number), np.nan), where=number > 0)
    return pd.DataFrame(
        {
            "risk_tier": pd.array(np.array(list(tiers), dtype=object), dtype="str"),
            "members": number.astype(np.int64),
            "member_share": number / max(number.sum(), 1.0),
            "events": events,
            "rate": rate,
            "low": low,
            "high": high,
            "cost_share": spent / spent.sum() if spent.sum() else np.full(len(spent), np.nan),
        }
    )


def name_gradient(gradient: pd.DataFrame) -> str:
    """Say whether the observed rate rises strictly from tier to tier.

    Parameters
    ----------
    gradient : pandas.DataFrame
        What `compute_gradient` returned.

    Returns
    -------
    str
        ``"separated"`` where it rises and no two neighbouring intervals overlap, ``"increasing"`` where it rises,
        else ``"not increasing"``.
    """
    rows = gradient[gradient["members"] > 0].to_dict("records")
    if not all(low["rate"] < high["rate"] for low, high in pairwise(rows)):
        return "not increasing"
    return "separated" if all(low["high"] < high["low"] for low, high in pairwise(rows)) else "increasing"


def compute_wilson(
    events: NDArray[np.float64], number: NDArray[np.float64], *, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute Wilson's interval of a share, which has a width where nothing or everything happened too.

    Parameters
    ----------
    events, number : numpy.ndarray of shape (n,)
        Events, and members or as many as they are worth.
    level : float, default 0.95
        Level of the interval.

    Returns
    -------
    low, high : numpy.ndarray of shape (n,)
        Its ends; NaN without members.

    Examples
    --------
    Of 4 members 2: 0.5 -+ 1.96 / (2 sqrt(4 + 1.96^2)).

    >>> low, high = compute_wilson(np.array([2.0]), np.array([4.0]))
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.15, 0.85)
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    n = np.where(number > 0, number, np.nan)
    p = events / n
    centre, spread = p + z**2 / (2 * n), z * np.sqrt(np.maximum(p * (1 - p) / n, 0) + z**2 / (4 * n**2))
    return (centre - spread) / (1 + z**2 / n), (centre + spread) / (1 + z**2 / n)
