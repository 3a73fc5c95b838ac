"""Attribution of a hazard's risk: every interval's TreeSHAP values, weighted by what they move, exact in their sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from riskkit.risk.hazard_horizons import LEAST_LEFT
from riskkit.risk.hazard_margins import compute_margins
from riskkit.risk.links import compute_expit, compute_logit
from riskkit.risk.matrix import make_matrix

if TYPE_CHECKING:
    import lightgbm
    import numpy.typing as npt
    import pandas as pd

    from riskkit.risk.hazard_model import HazardModel

    FloatArray = npt.NDArray[np.float64]
    Explain = Callable[[lightgbm.Booster, FloatArray, int], FloatArray]

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(5)
ROWS_AT_A_TIME = 10_000
EXPLAINED_AT_A_TIME = 60_000
"""Rows and intervals handed over together: trees are made ready once for all of them."""
NO_DISTANCE = 1e-9
STEP = 1e-4


def attribute_risk(
    model: HazardModel,
    features: pd.DataFrame,
    place: int,
    *,
    num_threads: int = 2,
    explain: Explain | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Share a calibrated risk out among the features.

    Each horizon's step is moved, on the logit scale, by the margins of both causes in every interval. Along the
    straight line from the mean margins of the training members to the member's own, the integrated slope of the step
    says how much each margin counts (Aumann and Shapley): a mean over the intervals weighted by who is still at risk,
    positive for the event and negative for death. It multiplies the TreeSHAP values of that margin, and their sum over
    intervals and causes is the feature's contribution. What is left (the trees' own value of the interval number, and
    the quadrature) is shared out in proportion to the size of the contributions, so that they sum exactly. Calibration
    rescales a step's contributions by one positive factor, and steps are put together by the symmetric split of a
    product. This is attribution, not cause: a feature that raises death lowers the risk of the event.

    Parameters
    ----------
    model : HazardModel
        The model.
    features : pandas.DataFrame of shape (n_rows, at least n_features)
        Columns by name.
    place : int
        Place of the horizon.
    num_threads : int, default 2
        Threads.
    explain : callable, optional
        TreeSHAP values of a booster: ``explain(booster, matrix, num_threads)``, the base value in the last column.
        LightGBM's own where absent; something faster for many members.

    Returns
    -------
    base : numpy.ndarray of shape (n_rows,)
        Risk at the mean margins, the same for all.
    contributions : numpy.ndarray of shape (n_rows, n_features)
        Probabilities; base and contributions sum to the calibrated risk.

    References
    ----------
    .. [1] Aumann and Shapley (1974), Values of Non-Atomic Games. Princeton University Press.
    .. [2] Lundberg et al. (2020), Nature Machine Intelligence 2, doi:10.1038/s42256-019-0138-9.
    """
    return attribute_risks(model, features, [place], num_threads=num_threads, explain=explain)[0]


def attribute_risks(
    model: HazardModel,
    features: pd.DataFrame,
    places: list[int],
    *,
    num_threads: int = 2,
    explain: Explain | None = None,
) -> list[tuple[FloatArray, FloatArray]]:
    """Share the calibrated risks of some horizons out among the features, in the time of the last one alone.

    Parameters
    ----------
    model : HazardModel
        The model.
    features : pandas.DataFrame of shape (n_rows, at least n_features)
        Columns by name.
    places : list of int
        Places of the horizons.
    num_threads : int, default 2
        Threads.
    explain : callable, optional
        As for `attribute_risk`.

    Returns
    -------
    list of tuple
        What `attribute_risk` gives, by horizon.
    """
    matrix = make_matrix(features, model.feature_names)
    found = [(np.empty(len(matrix)), np.empty(matrix.shape)) for _ in places]
    for start in range(0, len(matrix), ROWS_AT_A_TIME):
        rows = slice(start, start + ROWS_AT_A_TIME)
        steps = _attribute_rows(model, matrix[rows], max(places), num_threads, explain or _ask_lightgbm)
        for place, (base, parts) in enumerate(steps):
            if place in places:
                whole = found[places.index(place)]
                whole[0][rows], whole[1][rows] = base, parts
    return found


def compute_step_slopes(margins: FloatArray, ends: npt.NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Compute the logit of each horizon's step and its slope along every margin.

    Parameters
    ----------
    margins : numpy.ndarray of shape (n_causes, n_rows, n_intervals)
        Log odds of the event among those who do not die in the interval, and of death.
    ends : numpy.ndarray of int of shape (n_horizons,)
        The interval that each horizon ends.

    Returns
    -------
    value : numpy.ndarray of shape (n_horizons, n_rows)
        Logits of the steps of `split_horizons`.
    slope : numpy.ndarray of shape (n_horizons, n_causes, n_rows, n_intervals)
        Their derivatives.
    """
    chance = compute_expit(margins)
    event, death = chance[0], chance[1] if len(chance) > 1 else np.zeros_like(chance[0])
    alive = 1.0 - death
    surviving = np.cumprod(alive * (1.0 - event), axis=1)
    before = np.concatenate([np.ones_like(surviving[:, :1]), surviving[:, :-1]], axis=1)
    value = np.empty((len(ends), margins.shape[1]))
    slope = np.empty((len(ends), *margins.shape))
    risk_before, slope_before = np.zeros(margins.shape[1]), np.zeros(margins.shape)
    for place, end in enumerate(ends):
        later = _compute_later(event, alive, int(end))
        moved = np.stack([before * alive * (1.0 - later), -before * (event + (1.0 - event) * later)])[: len(margins)]
        moved[:, :, end + 1 :] = 0.0
        slope_risk = moved * chance * (1.0 - chance)
        risk = np.cumsum(before * alive * event, axis=1)[:, end]
        left = np.maximum(1.0 - risk_before, LEAST_LEFT)
        step = np.clip((risk - risk_before) / left, LEAST_LEFT, 1.0 - LEAST_LEFT)
        slope_step = slope_risk / left[:, None] - slope_before * ((1.0 - risk) / left**2)[:, None]
        value[place] = compute_logit(step)
        slope[place] = slope_step / (step * (1.0 - step))[:, None]
        risk_before, slope_before = risk, slope_risk
    return value, slope


def _compute_later(event: FloatArray, alive: FloatArray, end: int) -> FloatArray:
    """Compute, for who comes through each interval, the risk of the event in the intervals after it, up to `end`."""
    later = np.zeros_like(event)
    for interval in range(end - 1, -1, -1):
        following = interval + 1
        own = event[:, following] + (1.0 - event[:, following]) * later[:, following]
        later[:, interval] = alive[:, following] * own
    return later


def _ask_lightgbm(booster: lightgbm.Booster, matrix: FloatArray, num_threads: int) -> FloatArray:
    return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=num_threads))


def _attribute_rows(
    model: HazardModel, matrix: FloatArray, last: int, num_threads: int, explain: Explain
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Share out the risks of a block of rows, step by step, and give those of every horizon up to the last."""
    ends = model.ends[: last + 1]
    margins = compute_margins(model.boosters, matrix, len(model.edges) - 1, num_threads=num_threads)
    origin = np.broadcast_to(np.asarray(model.baseline)[:, None, :], margins.shape)
    start, finish = compute_step_slopes(origin, ends)[0], compute_step_slopes(margins, ends)[0]
    shares = _add_intervals(model, matrix, _average_slopes(origin, margins, ends), num_threads, explain)
    risk, base, total = np.zeros(len(matrix)), np.zeros(len(matrix)), np.zeros(matrix.shape)
    for number in range(last + 1):
        apply = model.calibrators[number].apply
        here, there = apply(compute_expit(finish[number])), apply(compute_expit(start[number]))
        distance = finish[number] - start[number]
        close = np.abs(distance) < NO_DISTANCE
        factor = np.divide(here - there, distance, out=np.zeros_like(distance), where=~close)
        # a member at the base itself: only its contributions of both signs are left, moved by the slope of the map
        bent = [apply(compute_expit(start[number] + side)) for side in (-STEP, STEP)]
        factor = np.where(close, (bent[1] - bent[0]) / (2 * STEP), factor)
        own = _tie(shares[number], distance) * factor[:, None]
        total = total * (1.0 - (here + there) / 2)[:, None] + own * (1.0 - (risk + base) / 2)[:, None]
        risk, base = risk + (1.0 - risk) * here, base + (1.0 - base) * there
        yield base, total


def _average_slopes(origin: FloatArray, margins: FloatArray, ends: npt.NDArray[np.int64]) -> FloatArray:
    """Integrate the slopes of the steps along the line from the origin to the margins."""
    total = np.zeros((len(ends), *margins.shape))
    for node, weight in zip(NODES, NODE_WEIGHTS, strict=True):
        total += weight / 2 * compute_step_slopes(origin + (node + 1) / 2 * (margins - origin), ends)[1]
    return total


def _add_intervals(
    model: HazardModel, matrix: FloatArray, slopes: FloatArray, num_threads: int, explain: Explain
) -> FloatArray:
    """Add up the TreeSHAP values of every cause and interval, each times its slope."""
    shares = np.zeros((len(slopes), *matrix.shape))
    moved = [interval for interval in range(slopes.shape[3]) if slopes[:, :, :, interval].any()]
    together = max(1, EXPLAINED_AT_A_TIME // max(len(matrix), 1))
    for first in range(0, len(moved), together):
        few = moved[first : first + together]
        rows = np.column_stack([np.tile(matrix, (len(few), 1)), np.repeat(few, len(matrix))])
        for cause, booster in enumerate(model.boosters):
            values = explain(booster, rows, num_threads)[:, :-2].reshape(len(few), *matrix.shape)
            for interval, part in zip(few, values, strict=True):
                for step, slope in enumerate(slopes[:, cause, :, interval]):
                    shares[step] += slope[:, None] * part
    return shares


def _tie(shares: FloatArray, distance: FloatArray) -> FloatArray:
    """Share what is left of the distance out in proportion to the size of the shares, so that they sum to it."""
    # columns are added one after another, so that a row's sum has the same last bit in a batch and alone
    total, size = np.zeros(len(shares)), np.zeros(len(shares))
    for column in shares.T:
        total, size = total + column, size + np.abs(column)
    even = np.full_like(shares, 1.0 / max(shares.shape[1], 1))
    portion = np.divide(np.abs(shares), size[:, None], out=even, where=size[:, None] > 0)
    return shares + (distance - total)[:, None] * portion
