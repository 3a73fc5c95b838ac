"""What a payment leaves to be picked: net compensation of disjoint groups and the MAPL that sums it up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.intervals import bootstrap_sums, compute_percentiles, divide
from riskkit.evaluation.sample import FloatArray, check_values


def compute_mapl(
    observed: npt.ArrayLike,
    predicted: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    persons: npt.ArrayLike | None = None,
    *,
    partition: npt.ArrayLike,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Compute the mean absolute predictable profit or loss over disjoint groups: sum of share times abs(NC).

    Parameters
    ----------
    observed : array-like of shape (n_rows,)
        Cost, currency per member year.
    predicted : array-like, or sequence of n_models array-likes, each of shape (n_rows,)
        Payment, currency per member year; with several, all see the same replicates.
    weight : array-like of shape (n_rows,), optional
        Exposure in member years.
    persons : array-like of shape (n_rows,), optional
        Person of each row; every row its own person where absent.
    partition : array-like of shape (n_rows,)
        Group of each row, known before the year; groups should be large, as the noise of a small one counts as profit.
    n_bootstrap, seed : int
        Replicates of the person-cluster bootstrap and its seed.

    Returns
    -------
    pandas.DataFrame of shape (n_models, 3), or (n_models + 1, 3) for two models
        `value`, `low`, `high` of each model in order, and for two models the second less the first as the last row.
        The interval is the percentile one, moved by the bias of the replicates.

    Raises
    ------
    DataContractError
        If the values are not usable, see `check_values`.

    References
    ----------
    .. [1] van Kleef R. C. et al. (2017). European Journal of Health Economics 18. doi:10.1007/s10198-016-0862-z

    Examples
    --------
    Shares .3, .5, .2 with net compensation 300, 60, -600: .3 * 300 + .5 * 60 + .2 * 600.

    >>> group = np.repeat(["a", "b", "c"], [30, 50, 20])
    >>> paid = np.repeat([1300.0, 1060.0, 400.0], [30, 50, 20])
    >>> compute_mapl(np.full(100, 1000.0), paid, partition=group, n_bootstrap=0)["value"].item()
    240.0
    """
    payments = np.atleast_2d(np.asarray(predicted, dtype=np.float64))
    checked = [check_values(observed, payment, weight) for payment in payments]
    cost, w = checked[0][0], checked[0][2]
    groups = pd.factorize(np.asarray(partition).astype(str), sort=True)[0]
    codes, n_persons = _code(persons, cost.size)
    _require_rows(groups.size, cost.size)
    member = np.eye(int(groups.max()) + 1)[groups] * w[:, None]
    gains = [member * (payment - cost)[:, None] for _, payment, _ in checked]
    columns = np.concatenate([*gains, w[:, None]], axis=1)
    draws = bootstrap_sums(columns, codes, n_persons, n_bootstrap=n_bootstrap, seed=seed)
    value = _sum_up(columns.sum(axis=0)[None, :], len(payments))
    replicates = _sum_up(draws, len(payments))
    # The noise of a group's mean is counted as profit, and a replicate has it twice: take the second one out.
    bias = replicates.mean(axis=0) - value[0] if len(replicates) else np.zeros(value.shape[1])
    low, high = compute_percentiles(replicates - bias)
    low[: len(payments)] = np.maximum(low[: len(payments)], 0.0)
    return pd.DataFrame({"value": value[0], "low": low, "high": high})


def _sum_up(sums: FloatArray, n_models: int) -> FloatArray:
    """MAPL of each model, and for two models their difference, by row of sums."""
    n_groups = (sums.shape[1] - 1) // n_models
    gains = np.abs(sums[:, :-1]).reshape(len(sums), n_models, n_groups).sum(axis=2)
    mapl = divide(gains, sums[:, -1:])
    return np.column_stack([mapl, mapl[:, 1] - mapl[:, 0]]) if n_models == 2 else mapl


def _code(persons: npt.ArrayLike | None, n_rows: int) -> tuple[npt.NDArray[np.intp], int]:
    if persons is None:
        return np.arange(n_rows), n_rows
    codes, uniques = pd.factorize(np.asarray(persons), sort=True)
    _require_rows(codes.size, n_rows)
    return codes, len(uniques)


def _require_rows(found: int, expected: int) -> None:
    if found != expected:
        message = f"evaluation: the groups of a MAPL have {found} rows, expected {expected}. Pass one group a row."
        raise DataContractError(message)
