"""The price of fixing a group: least squares that must pay a group what it costs, wholly or in part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.evaluation.profit import compute_mapl
from riskkit.evaluation.sample import FloatArray


def compute_constrained_payment(
    design: FloatArray,
    cost: FloatArray,
    weight: FloatArray,
    group: npt.NDArray[np.bool_],
    *,
    theta: float,
    keep_total: bool = True,
) -> FloatArray:
    """Fit payments by weighted least squares that close a part of a group's gap.

    Parameters
    ----------
    design : ndarray of shape (n_rows, n_columns)
        What may be paid on, with a column of ones.
    cost : ndarray of shape (n_rows,)
        Currency per member year.
    weight : ndarray of shape (n_rows,)
        Member years.
    group : ndarray of bool of shape (n_rows,)
        Members of the group.
    theta : float
        Part of the gap that is closed: 0 none, 1 all of it.
    keep_total : bool, default True
        Hold the overall mean as well; without it what the group gets comes on top.

    Returns
    -------
    ndarray of shape (n_rows,)
        Payments.

    Raises
    ------
    DataContractError
        If the constraints cannot be told apart on this design.

    Notes
    -----
    b = b0 - (X'WX)^-1 R' [R (X'WX)^-1 R']^-1 (R b0 - q), rows of R the group's mean of X and the overall one.

    References
    ----------
    .. [1] van Kleef R. C. et al. (2017). European Journal of Health Economics 18. doi:10.1007/s10198-016-0862-z
    .. [2] Withagen-Koster A. A. et al., partial constraints, METHODS 6.
    """
    weighted = design * weight[:, None]
    inverse = np.linalg.pinv(design.T @ weighted)
    start = inverse @ (weighted.T @ cost)
    inside = weight * group
    rows, wanted = [inside @ design / inside.sum()], [float(inside @ cost / inside.sum())]
    gap = wanted[0] - float(rows[0] @ start)
    wanted[0] -= (1 - theta) * gap
    if keep_total:
        rows.append(weight @ design / weight.sum())
        wanted.append(float(weight @ cost / weight.sum()))
    matrix, target = np.array(rows), np.array(wanted)
    middle = matrix @ inverse @ matrix.T
    if np.linalg.matrix_rank(middle, tol=1e-10 * np.trace(middle)) < len(middle):
        message = "price of fixing: on this design the group cannot be told from the whole. Add what sets it apart."
        raise DataContractError(message)
    step = inverse @ matrix.T @ np.linalg.solve(middle, matrix @ start - target)
    payment: FloatArray = design @ (start - step)
    return payment


def compute_price_of_fixing(
    design: FloatArray,
    cost: FloatArray,
    weight: FloatArray,
    group: npt.NDArray[np.bool_],
    thetas: Sequence[float],
    *,
    partition: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Tabulate what closing a group's gap costs in fit, by part closed, with and without the overall row.

    Parameters
    ----------
    design, cost, weight, group
        As in `compute_constrained_payment`.
    thetas : sequence of float
        Parts of the gap to close; 0 is added.
    partition : array-like of shape (n_rows,), optional
        Disjoint groups over which predictable profits and losses are summed up; the group and the rest where absent.

    Returns
    -------
    pandas.DataFrame
        `theta`, `keeps_total`, `group_net_compensation`, `rest_net_compensation`, `overall_net_compensation` (currency
        per member year), `mapl` (mean absolute predictable profit or loss over the partition, the same) and `r2`.
    """
    parts = group if partition is None else np.asarray(partition).astype(str)
    found = []
    for keep_total in (False, True):
        for theta in sorted({0.0, *thetas}):
            paid = compute_constrained_payment(design, cost, weight, group, theta=theta, keep_total=keep_total)
            gain = paid - cost
            spread = cost - weight @ cost / weight.sum()
            found.append(
                {
                    "theta": theta,
                    "keeps_total": keep_total,
                    "group_net_compensation": _mean(gain, weight * group),
                    "rest_net_compensation": _mean(gain, weight * ~group),
                    "overall_net_compensation": _mean(gain, weight),
                    "mapl": float(compute_mapl(cost, paid, weight, partition=parts, n_bootstrap=0)["value"].item()),
                    "r2": float(1 - (weight @ gain**2) / (weight @ spread**2)),
                }
            )
    return pd.DataFrame(found)


def _mean(values: FloatArray, weight: FloatArray) -> float:
    total = weight.sum()
    return float(weight @ values / total) if total > 0 else float("nan")
