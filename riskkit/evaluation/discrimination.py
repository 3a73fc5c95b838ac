"""Does the ranking find the events: AUROC and average precision."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskkit.evaluation.intervals import divide
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
