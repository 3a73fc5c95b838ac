"""What happened in each tier: observed rate with interval, whether it rises from tier to tier, share of the cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.tiers.gradient import compute_wilson, name_gradient

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskkit.workflow.trained import TrainedOutcome

KEYS = ["person_id", "index_date"]


def summarise_tiers(
    rated: pd.DataFrame, outcome: str, policy: str, *, order: Sequence[str] = (), cost: str | None = None
) -> dict[str, Any]:
    """Count the tiers of members whose year is known and what happened in each.

    Parameters
    ----------
    rated : pandas.DataFrame
        `person_id`, `risk_tier`, `package`, `observed`, `predicted`, `weight`, and `spent` (currency) where it is
        known.
    outcome : str
        The outcome that was observed.
    policy : str
        Name of the tier policy.
    order : sequence of str, optional
        Tiers from the lowest risk up; a gradient needs them.
    cost : str, optional
        The outcome that `spent` is of.

    Returns
    -------
    dict
        `policy`, `outcome`, `cost_outcome`, `gradient` (``"separated"``, ``"increasing"`` or ``"not increasing"``; None
        without two tiers), and `rows`: tier, package, members, share, observed rate with interval, mean risk, and the
        share of the cost, None where it is not known.
    """
    rows: list[dict[str, Any]] = []
    spent = rated["spent"] if "spent" in rated else pd.Series(np.nan, index=rated.index)
    total = float(spent.sum())
    for (tier, package), part in rated.groupby(["risk_tier", "package"], sort=False):
        rows.append(
            {
                "tier": tier,
                "package": package,
                "members": len(part),
                "share": len(part) / len(rated),
                "observed_rate": _rate_with_interval(part),
                "mean_risk": float(np.average(part["predicted"], weights=part["weight"])),
                "cost_share": float(spent[part.index].sum()) / total if total else None,
            }
        )
    rows.sort(key=lambda row: row["mean_risk"])
    return {
        "policy": policy,
        "outcome": outcome,
        "cost_outcome": cost if total else None,
        "gradient": judge_gradient(rows, order),
        "rows": rows,
    }


def judge_gradient(rows: Sequence[Mapping[str, Any]], order: Sequence[str]) -> str | None:
    """Say whether the observed rate rises strictly in the order of the policy.

    Parameters
    ----------
    rows : sequence of mapping
        `tier`, `members`, `observed_rate`.
    order : sequence of str
        Tiers from the lowest risk up; other rows, such as `unassessed`, do not count.

    Returns
    -------
    str or None
        As `name_gradient`; an interval without width, from a tier where nothing or everything happened, separates
        nothing. None where fewer than two of the tiers hold members.

    Examples
    --------
    >>> def tier(name, value, low, high):
    ...     return {"tier": name, "members": 50, "observed_rate": {"value": value, "low": low, "high": high}}
    >>> judge_gradient([tier("low", 0.1, 0.05, 0.15), tier("high", 0.3, 0.2, 0.4)], ["low", "high"])
    'separated'
    >>> judge_gradient([tier("low", 0.1, 0.05, 0.15), tier("high", 0.3, 0.1, 0.5)], ["low", "high"])
    'increasing'
    """
    by_tier = {str(row["tier"]): row for row in rows}
    ranked = [by_tier[name] for name in order if name in by_tier]
    if len(ranked) < 2:
        return None
    table = pd.DataFrame(
        [
            {"members": row["members"], "rate": rate["value"], "low": rate["low"], "high": rate["high"]}
            for row in ranked
            for rate in [row["observed_rate"]]
        ]
    )
    flat = table["low"] == table["high"]
    return name_gradient(table.assign(low=table["low"].mask(flat, -math.inf), high=table["high"].mask(flat, math.inf)))


def spend_of(trained: Mapping[str, TrainedOutcome], rated: str | None) -> tuple[str | None, pd.DataFrame]:
    """Find what the members whose year is known have cost.

    Parameters
    ----------
    trained : mapping of str to TrainedOutcome
        The outcomes with their test rows.
    rated : str or None
        The outcome that is rated, whose cost goes before that of another.

    Returns
    -------
    name : str or None
        The outcome; None without a cost.
    spent : pandas.DataFrame
        Keys and `spent`, the currency of the months covered.
    """
    costs = [name for name, outcome in trained.items() if outcome.model.spec.kind == "cost"]
    chosen = rated if rated in costs else next(iter(costs), None)
    if chosen is None:
        return None, pd.DataFrame(columns=[*KEYS, "spent"])
    rows = trained[chosen].predictions
    return chosen, rows[KEYS].assign(spent=rows["observed"] * rows["weight"])


def _rate_with_interval(part: pd.DataFrame) -> dict[str, float]:
    """Weighted rate with Wilson's 95% interval for as many members as the spread of persons, not rows, is worth.

    An amount that is no share has the interval of its mean.
    """
    weight = part["weight"].sum()
    rate = float((part["observed"] * part["weight"]).sum() / weight)
    parts = part.assign(residual=(part["observed"] - rate) * part["weight"]).groupby("person_id")
    spread = float((parts["residual"].sum() ** 2).sum()) / weight**2
    if not part["observed"].between(0, 1).all():
        # money and other amounts are no shares
        error = 1.96 * float(np.sqrt(spread))
        return {"value": rate, "low": max(rate - error, 0.0), "high": rate + error}
    if spread > 0 and 0 < rate < 1:
        worth = rate * (1 - rate) / spread
    else:
        worth = float(weight**2 / (parts["weight"].sum() ** 2).sum())
    low, high = compute_wilson(np.array([rate * worth]), np.array([worth]))
    return {"value": rate, "low": float(low[0]), "high": float(high[0])}
