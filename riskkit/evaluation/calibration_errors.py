"""How far the predictions lie from the smoothed outcome: ICI, E50, E90 and Emax, in one pass with their intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.intervals import compute_percentiles, draw_person_counts
from riskkit.evaluation.reliability import smooth_distances
from riskkit.evaluation.sample import FloatArray, ScoredSample, make_sample

ERRORS = ("ici", "e50", "e90", "emax")
ROWS_PER_BATCH = 8


def compute_calibration_errors(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    groups: npt.ArrayLike | None = None,
    *,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute mean, median, 90th percentile and maximum of the distance abs(p - smooth(y given p)).

    Parameters
    ----------
    observed, predicted, weight, groups : array-like of shape (n_rows,)
        0/1, probabilities, row weights and persons.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed; 0 leaves the intervals missing.

    Returns
    -------
    pandas.DataFrame of shape (4, 4)
        `metric` (`ici`, `e50`, `e90`, `emax`), `value`, `low`, `high`. The distances are those of up to 200 bins of
        equal weight, so that `emax` is not the tale of one member. A distance cannot be negative: the interval of a
        well calibrated model lies above its value.

    Raises
    ------
    DataContractError
        If the values are not usable, see `make_sample`.

    References
    ----------
    .. [1] Austin P. C., Steyerberg E. W. (2019). Statistics in Medicine 38(21). doi:10.1002/sim.8281

    Examples
    --------
    One prediction of 0.5 for all, of whom three in four had the event:

    >>> table = compute_calibration_errors([1, 1, 1, 0], [0.5, 0.5, 0.5, 0.5], n_bootstrap=0)
    >>> table["value"].round(9).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    sample = make_sample(observed, predicted, weight, groups, kind="binary")
    value = weighted_errors(sample, sample.weight[None, :])[0]
    replicates = [np.empty((0, len(ERRORS)))]
    for counts in draw_person_counts(sample.n_persons, n_bootstrap, seed=seed, batch=ROWS_PER_BATCH):
        replicates.append(weighted_errors(sample, counts[:, sample.persons] * sample.weight))
    low, high = compute_percentiles(np.concatenate(replicates))
    return pd.DataFrame({"metric": ERRORS, "value": value, "low": low, "high": high})


def weighted_errors(sample: ScoredSample, weights: FloatArray) -> FloatArray:
    """Compute the four errors for each row of weights.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    weights : ndarray of shape (n_replicates, n_rows)
        Row weights of each replicate.

    Returns
    -------
    ndarray of shape (n_replicates, 4)
        Weighted mean, median, 90th percentile and maximum of the distance.
    """
    mass, distance = smooth_distances(sample, weights)
    return np.array([_summarise(at, far) for at, far in zip(mass, distance, strict=True)])


def _summarise(mass: FloatArray, distance: FloatArray) -> list[float]:
    lived = mass > 0
    if not lived.any():
        return [float("nan")] * len(ERRORS)
    order = np.argsort(distance[lived], kind="stable")
    far, share = distance[lived][order], np.cumsum(mass[lived][order]) / mass[lived].sum()
    last = far.size - 1
    middle, high = (far[min(int(np.searchsorted(share, at - 1e-12)), last)] for at in (0.5, 0.9))
    return [float(np.average(distance[lived], weights=mass[lived])), float(middle), float(high), float(far[-1])]
