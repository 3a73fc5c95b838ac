"""Uncertainty of any weighted statistic: a bootstrap that draws persons, not rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from riskkit.evaluation.sample import FloatArray, IntArray, ScoredSample

Statistic = Callable[[ScoredSample, FloatArray], FloatArray]

CELLS_PER_BATCH = 2**18
TAILS = (0.025, 0.975)


def draw_person_counts(n_persons: int, n_bootstrap: int, *, seed: int, batch: int) -> Iterator[FloatArray]:
    """Draw how often each person falls into each bootstrap replicate.

    Persons are drawn with replacement, as many as there are; all rows of a drawn person come along, so the
    dependence within a person stays in every replicate.

    Parameters
    ----------
    n_persons, n_bootstrap : int
        Persons in the sample and replicates wanted.
    seed : int
        Seed of the draw.
    batch : int
        Replicates at a time; the draw does not depend on it.

    Yields
    ------
    ndarray of shape (at most batch, n_persons)
        Multinomial counts; every row sums to `n_persons`.

    References
    ----------
    .. [1] Davison A. C., Hinkley D. V. (1997). Bootstrap Methods and their Application, section 3.8.
       Cambridge University Press.

    Examples
    --------
    >>> [counts.sum(axis=1).tolist() for counts in draw_person_counts(4, 3, seed=0, batch=2)]
    [[4.0, 4.0], [4.0]]
    """
    rng = np.random.default_rng(seed)
    for start in range(0, n_bootstrap, batch):
        size = min(batch, n_bootstrap - start)
        counts = np.empty((size, n_persons))
        for row in range(size):
            counts[row] = np.bincount(rng.integers(0, n_persons, n_persons), minlength=n_persons)
        yield counts


def bootstrap_statistics(
    sample: ScoredSample, statistics: Mapping[str, Statistic], *, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Compute statistics with 95% percentile intervals from a person-cluster bootstrap.

    Parameters
    ----------
    sample : ScoredSample
        The rows.
    statistics : mapping of str to callable
        Each takes the sample and row weights of shape (n_replicates, n_rows) and returns one value a replicate,
        NaN where it is not defined.
    n_bootstrap : int
        Replicates; 0 leaves the intervals missing.
    seed : int
        Seed of the draw; all statistics see the same replicates.

    Returns
    -------
    pandas.DataFrame of shape (n_statistics, 4)
        `metric`, `value`, `low`, `high`.
    """
    value, replicates = draw_statistics(sample, statistics, n_bootstrap=n_bootstrap, seed=seed)
    low, high = compute_percentiles(replicates)
    return pd.DataFrame({"metric": list(statistics), "value": value, "low": low, "high": high})


def draw_statistics(
    sample: ScoredSample, statistics: Mapping[str, Statistic], *, n_bootstrap: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Compute statistics on the sample and in every replicate of a person-cluster bootstrap.

    Parameters
    ----------
    sample : ScoredSample
        The rows. Two samples of the same persons see the same draws, so that their replicates may be subtracted.
    statistics : mapping of str to callable
        As in `bootstrap_statistics`.
    n_bootstrap, seed : int
        Replicates and the seed of the draw.

    Returns
    -------
    value : ndarray of shape (n_statistics,)
        On the sample itself.
    replicates : ndarray of shape (n_bootstrap, n_statistics)
        In each replicate.
    """
    names = list(statistics)
    value = np.array([statistics[name](sample, sample.weight[None, :])[0] for name in names])
    batch = max(1, CELLS_PER_BATCH // sample.observed.size)
    replicates = [np.empty((0, len(names)))]
    for counts in draw_person_counts(sample.n_persons, n_bootstrap, seed=seed, batch=batch):
        weights = counts[:, sample.persons] * sample.weight
        replicates.append(np.column_stack([statistics[name](sample, weights) for name in names]))
    return value, np.concatenate(replicates)


def bootstrap_sums(
    columns: FloatArray, persons: IntArray, n_persons: int, *, n_bootstrap: int, seed: int
) -> FloatArray:
    """Compute column sums in every replicate of a person-cluster bootstrap.

    Every table of ratios (by decile, by group) needs nothing else, and as persons are summed once the replicates
    are a single matrix product.

    Parameters
    ----------
    columns : ndarray of shape (n_rows, n_columns)
        What to add up, weights included.
    persons : ndarray of int of shape (n_rows,)
        Person code of each row.
    n_persons : int
        Number of persons.
    n_bootstrap, seed : int
        Replicates and the seed of the draw.

    Returns
    -------
    ndarray of shape (n_bootstrap, n_columns)
        The sums of each replicate.
    """
    by_person = np.column_stack([np.bincount(persons, column, minlength=n_persons) for column in columns.T])
    batch = max(1, CELLS_PER_BATCH // n_persons)
    draws = draw_person_counts(n_persons, n_bootstrap, seed=seed, batch=batch)
    return np.concatenate([np.empty((0, columns.shape[1])), *(counts @ by_person for counts in draws)])


def compute_percentiles(replicates: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the 2.5th and 97.5th percentile of each column, over the replicates where it is defined.

    Parameters
    ----------
    replicates : ndarray of shape (n_bootstrap, n_columns)
        Bootstrap replicates, NaN where a statistic is not defined.

    Returns
    -------
    tuple of two ndarray of shape (n_columns,)
        Lower and upper end; NaN for a column without a defined replicate.

    Examples
    --------
    >>> low, high = compute_percentiles(np.arange(41.0)[:, None])
    >>> float(low[0]), float(high[0])
    (1.0, 39.0)
    """
    ends = np.full((2, replicates.shape[1]), np.nan)
    defined = np.isfinite(replicates).any(axis=0)
    if defined.any():
        kept = np.where(np.isfinite(replicates[:, defined]), replicates[:, defined], np.nan)
        ends[:, defined] = np.nanquantile(kept, TAILS, axis=0)
    return ends[0], ends[1]


def divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide, and return NaN where the denominator is not positive.

    Parameters
    ----------
    numerator, denominator : ndarray
        Arrays of one shape.

    Returns
    -------
    ndarray
        The ratio.

    Examples
    --------
    >>> divide(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    out = np.full(np.broadcast_shapes(np.shape(numerator), np.shape(denominator)), np.nan)
    np.divide(numerator, denominator, out=out, where=denominator > 0)
    return out
