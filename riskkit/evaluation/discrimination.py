"""Does the ranking find the events: AUROC, average precision, lift, gain and net benefit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.intervals import bootstrap_statistics, divide
from riskkit.evaluation.sample import FloatArray, ScoredSample, make_sample


def compute_auroc(observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Compute the weighted area under the receiver operating characteristic.

    Parameters
    ----------
    observed : array-like of shape (n_rows,)
        0 or 1.
    predicted : array-like of shape (n_rows,)
        Probabilities; ties count one half.
    weight : array-like of shape (n_rows,), optional
        Row weights.

    Returns
    -------
    float
        Probability that an event ranks above a non-event; NaN without either.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Hanley J. A., McNeil B. J. (1982). Radiology 143(1). doi:10.1148/radiology.143.1.7063747

    Examples
    --------
    Three of the four pairs are in order:

    >>> compute_auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    sample = make_sample(observed, predicted, weight, kind="binary")
    return float(weighted_auroc(sample, sample.weight[None, :])[0])


def compute_average_precision(
    observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None
) -> float:
    """Compute the weighted average precision (the step-wise area under precision and recall).

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        As in `compute_auroc`.

    Returns
    -------
    float
        Sum of precision times gain in recall, from the highest prediction down; NaN without an event.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    Examples
    --------
    Events stand first (precision 1) and third (precision 2/3), each half of the recall:

    >>> round(compute_average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    sample = make_sample(observed, predicted, weight, kind="binary")
    return float(weighted_average_precision(sample, sample.weight[None, :])[0])


def weighted_auroc(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute AUROC for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        AUROC; NaN without an event or a non-event.
    """
    true, false = _count_down(sample, weights)
    new_false = np.diff(false, axis=1, prepend=0.0)
    area = np.einsum("ij,ij->i", new_false, true) - 0.5 * np.einsum(
        "ij,ij->i", new_false, np.diff(true, axis=1, prepend=0.0)
    )
    return divide(area, true[:, -1] * false[:, -1])


def weighted_average_precision(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute average precision for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        Average precision; NaN without an event.
    """
    true, false = _count_down(sample, weights)
    flagged = true + false
    precision = np.divide(true, flagged, out=np.zeros_like(true), where=flagged > 0)
    return divide(np.einsum("ij,ij->i", np.diff(true, axis=1, prepend=0.0), precision), true[:, -1])


def _count_down(sample: ScoredSample, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    positive = weights * sample.observed
    true = np.cumsum(positive, axis=1)
    false = np.cumsum(weights - positive, axis=1)
    if sample.tie_ends.size == sample.observed.size:
        return true, false
    return true[:, sample.tie_ends], false[:, sample.tie_ends]


def compute_lift(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    *,
    shares: Sequence[float] = (0.01, 0.05, 0.1, 0.2),
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute what part of all events (or of all cost) sits in the highest predictions.

    Parameters
    ----------
    observed, predicted, weight, groups : array-like of shape (n_rows,)
        0/1 or amounts at least 0, predictions, row weights and persons.
    shares : sequence of float
        Top shares of the weight, in (0, 1]; a tie at the border is shared out evenly.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed.

    Returns
    -------
    pandas.DataFrame of shape (n_shares, 5)
        `share`, `capture` (part of the observed total), `lift` (capture / share), `low`, `high` (of the capture).

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    Examples
    --------
    >>> compute_lift([1, 0, 1, 0], [0.9, 0.6, 0.5, 0.1], shares=[0.25, 0.5], n_bootstrap=0)[["capture", "lift"]]
       capture  lift
    0      0.5   2.0
    1      0.5   1.0
    """
    sample = make_sample(observed, predicted, weight, groups, kind="cost")
    statistics = {
        str(share): lambda rows, weights, at=share: _captured(rows, weights, np.array([at]))[:, 0] for share in shares
    }
    table = bootstrap_statistics(sample, statistics, n_bootstrap=n_bootstrap, seed=seed)
    return pd.DataFrame(
        {
            "share": np.asarray(shares, dtype=np.float64),
            "capture": table["value"],
            "lift": table["value"] / np.asarray(shares),
            "low": table["low"],
            "high": table["high"],
        }
    )


def compute_gain(
    observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None, *, n_points: int = 101
) -> pd.DataFrame:
    """Compute the gain curve: the captured part of the observed total against the share taken from the top.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        As in `compute_lift`.
    n_points : int, default 101
        Points of the curve, evenly spaced over shares 0 to 1.

    Returns
    -------
    pandas.DataFrame of shape (n_points, 3)
        `share`, `capture` and `ideal`, the capture of a perfect ranking.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    Examples
    --------
    >>> compute_gain([1, 0, 0, 1], [0.9, 0.6, 0.5, 0.1], n_points=3)
       share  capture  ideal
    0    0.0      0.0    0.0
    1    0.5      0.5    1.0
    2    1.0      1.0    1.0
    """
    share = np.linspace(0.0, 1.0, n_points)
    sample = make_sample(observed, predicted, weight, kind="cost")
    ideal = make_sample(observed, observed, weight, kind="cost")
    return pd.DataFrame(
        {
            "share": share,
            "capture": _captured(sample, sample.weight[None, :], share)[0],
            "ideal": _captured(ideal, ideal.weight[None, :], share)[0],
        }
    )


def _captured(sample: ScoredSample, weights: FloatArray, shares: FloatArray) -> FloatArray:
    taken = np.cumsum(weights, axis=1)[:, sample.tie_ends]
    total = np.cumsum(weights * sample.observed, axis=1)[:, sample.tie_ends]
    captured = [
        np.interp(shares * at[-1], np.append(0.0, at), np.append(0.0, found))
        for at, found in zip(taken, total, strict=True)
    ]
    return divide(np.array(captured), total[:, -1:])


def compute_net_benefit(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """Compute the net benefit of acting on predictions at or above each threshold.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        0/1, probabilities and row weights.
    thresholds : sequence of float
        Probabilities in (0, 1) from which on one would act.

    Returns
    -------
    pandas.DataFrame of shape (n_thresholds, 3)
        `threshold`, `net_benefit` (true positives a member net of the false ones) and `treat_all`.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Vickers A. J., Elkin E. B. (2006). Medical Decision Making 26(6). doi:10.1177/0272989X06295361

    Examples
    --------
    One true and one false positive among four at odds of 1/4: 1/4 - 1/4 * 1/4.

    >>> compute_net_benefit([1, 0, 0, 0], [0.9, 0.3, 0.1, 0.1], thresholds=[0.2])["net_benefit"].item()
    0.1875
    """
    sample = make_sample(observed, predicted, weight, kind="binary")
    cuts = np.asarray(thresholds, dtype=np.float64)
    true, false = (_flagged(sample, part, cuts) for part in (sample.observed, 1 - sample.observed))
    prevalence = float(np.average(sample.observed, weights=sample.weight))
    odds = cuts / (1 - cuts)
    return pd.DataFrame(
        {
            "threshold": cuts,
            "net_benefit": true - false * odds,
            "treat_all": prevalence - (1 - prevalence) * odds,
        }
    )


def _flagged(sample: ScoredSample, part: FloatArray, cuts: FloatArray) -> FloatArray:
    running = np.append(0.0, np.cumsum(part * sample.weight))
    flagged: FloatArray = running[np.searchsorted(-sample.predicted, -cuts, side="right")] / sample.weight.sum()
    return flagged
