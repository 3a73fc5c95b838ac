"""The guard of the labels: no feature may be the label, or say it so well that it must have seen it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import LeakageError
from riskkit.evaluation.discrimination import compute_auroc

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    BoolArray = npt.NDArray[np.bool_]

AUROC_LIMIT = 0.95
"""No single honest feature ranks the members of next year's events so well."""

TOP_SHARE = 0.1
"""An amount is also looked at as "among the dearest tenth": there a flag of next year's event shows."""

MOST_STATES = 3
"""Whole numbers up to here are states, such as 0 for none, 1 for the event, 2 for death: each is looked at alone."""

RANK_LIMIT = 0.98
"""No single honest feature orders next year's cost so well (Spearman)."""

FEWEST = 30
"""Below so many events, or members without one, a perfect order may be chance: it is told, and not refused."""

FEWEST_TOLD = 5
"""Below so many, among some hundred features one is all but sure to order them by chance."""

N_BINS = 50
"""Parts of a feature, missing values apart, whose share of events may follow any shape."""

MOST_ROWS = 20_000
"""Rows that are looked at with the event, and as many without it, evenly spaced: how many of either are left out
changes no AUROC, and an event that is rare is kept whole."""


class FewEventsWarning(UserWarning):
    """A feature orders a rare event as a label would, on too few events to refuse it."""


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
        If a feature has an AUROC above .95 (or below .05) against the label, against any one of its states, or against
        being among the dearest tenth: with missing values as its lowest, among the members who have a value, or in the
        order of the share of events in fifty parts of it. Or if it has a rank correlation beyond .98
        with an amount.

    Warns
    -----
    FewEventsWarning
        If a feature is beyond the AUROC on 5 to 29 events, or members without one, which chance may do.
    """
    label = np.asarray(observed, dtype=np.float64)
    for side in _list_sides(label):
        rows = np.sort(np.concatenate([_space(np.flatnonzero(side)), _space(np.flatnonzero(~side))]))
        event, ranks = side[rows].astype(np.float64), _rank(features, rows)
        if min(side.sum(), (~side).sum()) >= FEWEST:
            _refuse_above(ranks, event, (_measure_auroc, AUROC_LIMIT, "an AUROC"), outcome)
        else:
            _warn_above(ranks, event, outcome)
    rows = _space(np.arange(len(label)))
    if not _holds_states(label) and int((label[rows] > 0).sum()) >= FEWEST:
        _refuse_above(_rank(features, rows), label[rows], (_correlate_ranks, RANK_LIMIT, "a rank correlation"), outcome)


def _space(rows: IntArray) -> IntArray:
    """Take evenly spaced ones where there are too many."""
    if len(rows) <= MOST_ROWS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, MOST_ROWS).round().astype(np.int64)]


def _rank(features: pd.DataFrame, rows: IntArray) -> pd.DataFrame:
    """Rank the values of each feature, from above 0 to 1; missing ones stay missing."""
    return features.iloc[rows].rank(pct=True)


def _holds_states(label: FloatArray) -> bool:
    return bool(np.isin(label, np.arange(MOST_STATES + 1)).all())


def _list_sides(label: FloatArray) -> list[BoolArray]:
    """List the events that the label knows of which there are enough on both sides to be told."""
    if _holds_states(label):
        sides = [label == state for state in np.unique(label) if state > 0]
    else:
        sides = [label > np.quantile(label, 1 - TOP_SHARE)]
    return [side for side in sides if min(side.sum(), (~side).sum()) >= FEWEST_TOLD]


def _warn_above(ranks: pd.DataFrame, event: FloatArray, outcome: str) -> None:
    """Name the features that few events, or few members without one, cannot tell from the label."""
    names = [str(name) for name in ranks if _measure_order(event, ranks[name].to_numpy("float64")) > AUROC_LIMIT]
    if names:
        message = (
            f"outcome {outcome!r}: on {int(min(event.sum(), (1 - event).sum()))} members alone, feature "
            f"{', '.join(map(repr, names))} has an AUROC above {AUROC_LIMIT:g}. It may be chance: see that it does not "
            "hold the label."
        )
        warnings.warn(message, FewEventsWarning, stacklevel=3)


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
                "It has seen the label, or hardly changes from year to year: find where it comes from, or exclude it "
                "by name."
            )
            raise LeakageError(message)


def _measure_auroc(event: FloatArray, rank: FloatArray) -> float:
    """Compute the highest AUROC that the feature reaches in whole, where it has a value, or in any shape."""
    known = ~np.isnan(rank)
    found = [_measure_order(event, rank), _measure_parts(event, rank)]
    if known.all() or min(event[known].sum(), (1 - event[known]).sum()) < FEWEST:
        return max(found)
    return max(*found, _measure_order(event[known], rank[known]))


def _measure_order(event: FloatArray, rank: FloatArray) -> float:
    """Compute the AUROC in the direction in which it is higher, missing values being the lowest."""
    area = compute_auroc(event, np.nan_to_num(rank, nan=0.0))
    return max(area, 1 - area)


def _measure_parts(event: FloatArray, rank: FloatArray) -> float:
    """Compute the AUROC of the share of events in each part of the feature, learnt on every other row of either side.

    Each half of the rows is put in the order that the other half says, so that chance alone finds no order.
    """
    part = np.where(np.isnan(rank), N_BINS, np.minimum(np.nan_to_num(rank) * N_BINS, N_BINS - 1)).astype(np.int64)
    half = np.zeros(len(event), dtype=np.int64)
    for side in (0, 1):
        rows = np.flatnonzero(event == side)
        half[rows] = np.arange(len(rows)) % 2
    counts = np.zeros((2, 2, N_BINS + 1))
    np.add.at(counts, (half, event.astype(np.int64), part), 1.0)
    return float(np.mean([_measure_area(counts[own], counts[1 - own]) for own in (0, 1)]))


def _measure_area(counts: FloatArray, said: FloatArray) -> float:
    """Compute the AUROC of parts, by counts without and with the event, in the order of the share that others say."""
    base = said[1].sum() / said.sum()
    share = (said[1] + base) / (said.sum(axis=0) + 1.0)
    # Parts of one share are tied: they are one part.
    _, place = np.unique(share, return_inverse=True)
    without, with_event = (np.bincount(place, row) for row in counts)
    below = np.cumsum(without) - without / 2
    return float(with_event @ below / (with_event.sum() * without.sum()))


def _correlate_ranks(label: FloatArray, rank: FloatArray) -> float:
    ordered = pd.Series(np.nan_to_num(rank, nan=0.0)).rank().to_numpy()
    order = pd.Series(label).rank().to_numpy()
    spread = float(ordered.std() * order.std())
    return abs(float(np.cov(ordered, order, bias=True)[0, 1])) / spread if spread else 0.0
