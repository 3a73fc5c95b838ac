"""Two policies side by side on common random numbers: differences path by path, with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.stress.measures import estimate_mean

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.stress.model import StressModel
    from riskkit.stress.projection import FundFlows

    Floats = npt.NDArray[np.float64]


def compare_policies(first: tuple[StressModel, FundFlows], second: tuple[StressModel, FundFlows]) -> pd.DataFrame:
    """Compare two policies figure by figure.

    Parameters
    ----------
    first, second : tuple of (StressModel, FundFlows)
        The policies and their paths on the same random numbers.

    Returns
    -------
    pandas.DataFrame of shape (n_figures, 7)
        `figure`, its mean under `first` and `second`, `difference` (second less first) with its 95% interval `low`
        and `high` from the paired paths, and `variance_ratio`: variance of the difference over that of independent
        runs.
    """
    one, two = _figures(*first), _figures(*second)
    rows = []
    for name, values in one.items():
        gap = estimate_mean(two[name] - values)
        apart = float(np.var(values) + np.var(two[name]))
        rows.append(
            {
                "figure": name,
                "first": float(values.mean()),
                "second": float(two[name].mean()),
                "difference": gap["value"],
                "low": gap["low"],
                "high": gap["high"],
                "variance_ratio": float(np.var(two[name] - values)) / apart if apart > 0 else 0.0,
            }
        )
    return pd.DataFrame(rows)


def _figures(model: StressModel, flows: FundFlows) -> dict[str, Floats]:
    breached, ruined = flows.growth > model.policy.redline.limit.value, flows.reserve < 0
    result = flows.team_result
    return {
        "breach_ever": breached.any(axis=1).astype(np.float64),
        "breach_per_year": breached.mean(axis=1),
        "ruin_ever": ruined.any(axis=1).astype(np.float64),
        "closing_reserve_amount": flows.reserve[:, -1],
        "cost_amount": flows.cost.sum(axis=1),
        "payout_amount": flows.payout.sum(axis=1),
        "team_result_amount": result.sum(axis=(1, 2)),
    }
