"""What acting on the highest predictions reaches: lift, gain and net benefit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.evaluation.intervals import bootstrap_statistics, bootstrap_sums, compute_percentiles, divide
from riskkit.evaluation.sample import FloatArray, ScoredSample, make_sample


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
    groups: npt.ArrayLike | None = None,
    *,
    thresholds: Sequence[float],
    n_bootstrap: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute the net benefit of acting on predictions at or above each threshold.

    Parameters
    ----------
    observed, predicted, weight, groups : array-like of shape (n_rows,)
        0/1, probabilities, row weights and persons.
    thresholds : sequence of float
        Probabilities in (0, 1) from which on one would act.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed; 0 leaves the intervals missing.

    Returns
    -------
    pandas.DataFrame of shape (n_thresholds, 5)
        `threshold`, `net_benefit` (true positives a member net of the false ones), `treat_all`, and `low`, `high`, the
        95% interval of the net benefit.

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
    sample = make_sample(observed, predicted, weight, groups, kind="binary")
    cuts = np.asarray(thresholds, dtype=np.float64)
    odds = cuts / (1 - cuts)
    flagged = (sample.predicted[:, None] >= cuts) * sample.weight[:, None]
    worth = np.where(sample.observed[:, None] > 0, 1.0, -odds)
    columns = np.column_stack([flagged * worth, sample.weight])
    replicates = bootstrap_sums(columns, sample.persons, sample.n_persons, n_bootstrap=n_bootstrap, seed=seed)
    low, high = compute_percentiles(divide(replicates[:, :-1], replicates[:, -1:]))
    prevalence = float(np.average(sample.observed, weights=sample.weight))
    return pd.DataFrame(
        {
            "threshold": cuts,
            "net_benefit": columns[:, :-1].sum(axis=0) / sample.weight.sum(),
            "treat_all": prevalence - (1 - prevalence) * odds,
            "low": low,
            "high": high,
        }
    )
