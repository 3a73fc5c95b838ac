"""How well amounts are predicted: R-squared, mean absolute error, CPM, slope and the ordered Gini ratio."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from riskkit.evaluation.intervals import divide
from riskkit.evaluation.sample import FloatArray, ScoredSample, make_sample


def compute_r2(observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Compute the weighted share of variance explained.

    Parameters
    ----------
    observed, predicted : array-like of shape (n_rows,)
        Annualised amounts, currency per member year.
    weight : array-like of shape (n_rows,), optional
        Exposure in member years.

    Returns
    -------
    float
        1 - SSE / SST; negative where the overall mean would do better, NaN for constant amounts.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    Examples
    --------
    SSE 4 against SST 8:

    >>> compute_r2([0, 2, 4], [0, 4, 4])
    0.5
    """
    sample = make_sample(observed, predicted, weight, kind="cost")
    return float(weighted_r2(sample, sample.weight[None, :])[0])


def compute_mae(observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Compute the weighted mean absolute error.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        As in `compute_r2`.

    Returns
    -------
    float
        Currency per member year.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    Examples
    --------
    >>> compute_mae([0, 300], [100, 100], weight=[1, 0.5])  # (100 + 0.5 * 200) / 1.5
    133.33333333333334
    """
    sample = make_sample(observed, predicted, weight, kind="cost")
    return float(weighted_mae(sample, sample.weight[None, :])[0])


def compute_cpm(observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Compute Cumming's prediction measure, the share of absolute deviation explained.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        As in `compute_r2`.

    Returns
    -------
    float
        1 - sum abs(y - f) / sum abs(y - mean y); NaN for constant amounts.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Cumming R. B. et al. (2002). A Comparative Analysis of Claims-Based Methods of Health Risk Assessment
       for Commercial Populations. Society of Actuaries.

    Examples
    --------
    Absolute errors sum to 2, deviations from the mean to 4:

    >>> compute_cpm([0, 2, 4], [0, 4, 4])
    0.5
    """
    sample = make_sample(observed, predicted, weight, kind="cost")
    return float(weighted_cpm(sample, sample.weight[None, :])[0])


def compute_gini(observed: npt.ArrayLike, predicted: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Compute the ordered Gini ratio: how much of the inequality of the amounts the ranking finds.

    Parameters
    ----------
    observed, predicted, weight : array-like of shape (n_rows,)
        As in `compute_r2`; the observed total must be positive.

    Returns
    -------
    float
        Gini index of the amounts ordered by prediction over that ordered by the amounts themselves; 1 is a perfect
        ranking, 0 none. For 0/1 outcomes it is 2 AUROC - 1.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Frees E. W., Meyers G., Cummings A. D. (2011). JASA 106(495). doi:10.1198/jasa.2011.tm10506

    Examples
    --------
    >>> compute_gini([0, 2, 4], [1, 2, 3]), compute_gini([0, 2, 4], [3, 2, 1])
    (1.0, -1.0)
    """
    sample = make_sample(observed, predicted, weight, kind="cost")
    return float(weighted_gini(sample, sample.weight[None, :])[0])


def weighted_r2(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute R-squared for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        R-squared.
    """
    centred = sample.observed - np.median(sample.observed)
    total = weights @ centred**2 - divide((weights @ centred) ** 2, weights.sum(axis=1))
    return 1 - divide(weights @ (sample.observed - sample.predicted) ** 2, total)


def weighted_mae(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute the mean absolute error for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        Currency per member year.
    """
    return divide(weights @ np.abs(sample.observed - sample.predicted), weights.sum(axis=1))


def weighted_cpm(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute Cumming's prediction measure for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        CPM.
    """
    centred = sample.observed - np.median(sample.observed)
    mean = divide(weights @ centred, weights.sum(axis=1))
    deviation = np.einsum("ij,ij->i", weights, np.abs(centred - mean[:, None]))
    return 1 - divide(weights @ np.abs(sample.observed - sample.predicted), deviation)


def weighted_predictive_ratio(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute predicted over observed for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        Above 1 the payer pays too much; NaN where nothing was spent.
    """
    return divide(weights @ sample.predicted, weights @ sample.observed)


def weighted_balance(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute what the predictions come to above the observations, for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        Mean predicted less mean observed, currency per member year.
    """
    return divide(weights @ (sample.predicted - sample.observed), weights.sum(axis=1))


def weighted_linear_slope(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute the slope of the amounts on the predictions by weighted least squares, for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        1 is ideal, below 1 the predictions are too extreme; NaN for a constant prediction.
    """
    x = sample.predicted - np.median(sample.predicted)
    y = sample.observed - np.median(sample.observed)
    total = weights.sum(axis=1)
    sum_x, sum_y = weights @ x, weights @ y
    return divide(weights @ (x * y) - divide(sum_x * sum_y, total), weights @ x**2 - divide(sum_x**2, total))


def weighted_gini(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute the ordered Gini ratio for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates,)
        Gini of the amounts ordered by prediction over that ordered by the amounts.
    """
    order = np.argsort(-sample.observed, kind="stable")
    every = np.arange(order.size)
    best = _lorenz_excess(sample.observed[order], weights[:, order], every)
    return divide(_lorenz_excess(sample.observed, weights, sample.tie_ends), best)


def _lorenz_excess(observed: FloatArray, weights: FloatArray, ends: npt.NDArray[np.intp]) -> FloatArray:
    """Twice the area between the concentration curve, from the top, and the diagonal."""
    taken, found = np.cumsum(weights, axis=1), np.cumsum(weights * observed, axis=1)
    if ends.size < observed.size:
        taken, found = taken[:, ends], found[:, ends]
    step = np.diff(taken, axis=1, prepend=0.0)
    twice_area = 2 * np.einsum("ij,ij->i", step, found) - np.einsum("ij,ij->i", step, np.diff(found, prepend=0.0))
    return divide(twice_area, taken[:, -1] * found[:, -1]) - 1
