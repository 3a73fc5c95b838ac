"""The guard of the labels: no feature may be the label, or say it so well that it must have seen it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import LeakageError
from riskkit.evaluation.discrimination import compute_auroc

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

AUROC_LIMIT = 0.95
"""No single honest feature ranks the members of next year's events so well."""

RANK_LIMIT = 0.98
"""No single honest feature orders next year's cost so well (Spearman)."""

FEWEST = 30
"""Below so many events, or members without one, a perfect order may be chance."""

MOST_ROWS = 20_000
"""Rows that are looked at, evenly spaced: a label among the features shows in these."""


def refuse_labels(features: pd.DataFrame, observed: npt.ArrayLike, *, outcome: str) -> None:
    """Refuse features of which one is the label, or as good as it.

    Parameters
    ----------
    features : pandas.DataFrame of shape (n_rows, n_features)
        Feature columns alone, without keys.
    observed : array-like of shape (n_rows,)
        The label: 0 or 1, or an amount.
    outcome : str
        Name of the outcome, for the message.

    Raises
    ------
    LeakageError
        If a feature, missing values counted as its lowest, has an AUROC above .95 (or below .05) against a binary
        label, or a rank correlation beyond .98 with an amount.
    """
    rows = np.unique(np.linspace(0, len(features) - 1, min(MOST_ROWS, len(features))).round().astype(int))
    label = np.asarray(observed, dtype=np.float64)[rows]
    binary = bool(np.isin(label, (0.0, 1.0)).all())
    events = int((label > 0).sum())
    if min(events, len(label) - events if binary else events) < FEWEST:
        return
    measure, limit, what = (
        (_measure_auroc, AUROC_LIMIT, "an AUROC") if binary else (_correlate_ranks, RANK_LIMIT, "a rank correlation")
    )
    ranks = features.iloc[rows].rank(na_option="top", pct=True)
    for name in ranks:
        figure = measure(label, ranks[name].to_numpy(dtype="float64"))
        if figure > limit:
            message = (
                f"outcome {outcome!r}: feature {name!r} alone has {what} of {figure:.3f}, expected at most {limit:g}. "
                "It must have seen the label: find where it comes from, or exclude it by name."
            )
            raise LeakageError(message)


def _measure_auroc(label: FloatArray, rank: FloatArray) -> float:
    """Compute the AUROC in the direction in which it is higher."""
    area = compute_auroc(label, rank)
    return max(area, 1 - area)


def _correlate_ranks(label: FloatArray, rank: FloatArray) -> float:
    order = pd.Series(label).rank().to_numpy()
    spread = float(rank.std() * order.std())
    return abs(float(np.cov(rank, order, bias=True)[0, 1])) / spread if spread else 0.0
