"""The guard of the labels: no feature may be the label, or say it so well that it must have seen it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import LeakageError
from riskkit.evaluation.discrimination import compute_auroc

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

AUROC_LIMIT = 0.95
"""No single honest feature ranks the members of next year's events so well."""

TOP_SHARE = 0.1
"""An amount is also looked at as "among the dearest tenth": there a flag of next year's event shows."""

MOST_STATES = 3
"""Whole numbers up to here are states, such as 0 for none, 1 for the event, 2 for death: each is looked at alone."""

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
        The label: 0 or 1; states as 0, 1, 2 of competing causes; or an amount.
    outcome : str
        Name of the outcome, for the message.

    Raises
    ------
    LeakageError
        If a feature, missing values counted as its lowest, has an AUROC above .95 (or below .05) against the label,
        against any one of its states, or against being among the dearest tenth; or a rank correlation beyond .98 with
        an amount.
    """
    rows = np.unique(np.linspace(0, len(features) - 1, min(MOST_ROWS, len(features))).round().astype(int))
    label = np.asarray(observed, dtype=np.float64)[rows]
    ranks = features.iloc[rows].rank(na_option="top", pct=True)
    for side in _list_sides(label):
        _refuse_above(ranks, side, (_measure_auroc, AUROC_LIMIT, "an AUROC"), outcome)
    if not _holds_states(label) and int((label > 0).sum()) >= FEWEST:
        _refuse_above(ranks, label, (_correlate_ranks, RANK_LIMIT, "a rank correlation"), outcome)


def _holds_states(label: FloatArray) -> bool:
    return bool(np.isin(label, np.arange(MOST_STATES + 1)).all())


def _list_sides(label: FloatArray) -> list[FloatArray]:
    """List the events that the label knows, each as 0 or 1, of which there are enough on both sides."""
    if _holds_states(label):
        sides = [label == state for state in np.unique(label) if state > 0]
    else:
        sides = [label > np.quantile(label, 1 - TOP_SHARE)]
    return [side.astype(np.float64) for side in sides if min(side.sum(), (~side).sum()) >= FEWEST]


def _refuse_above(
    ranks: pd.DataFrame,
    label: FloatArray,
    rule: tuple[Callable[[FloatArray, FloatArray], float], float, str],
    outcome: str,
) -> None:
    measure, limit, what = rule
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
