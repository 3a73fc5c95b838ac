"""What the care of a year costs each team: the body by its moments, large claims one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.stress.counts import poisson_from_normal, standard_skewed

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.stress.draws import Draws
    from riskkit.stress.model import StressModel

    Floats = npt.NDArray[np.float64]


def compute_body(model: StressModel, members: Floats, factor: Floats, price: Floats, normals: Floats) -> Floats:
    """Compute the cost of the body: per team and tier the exact mean and variance of the compound sum, and its skew.

    Parameters
    ----------
    model : StressModel
        Cumulants of one member year.
    members : numpy.ndarray of shape (n_paths, n_teams, n_tiers)
        Members.
    factor : numpy.ndarray of shape (n_paths, n_tiers)
        Factor on the number of claims.
    price : numpy.ndarray of shape (n_tiers,)
        Factor on the amounts.
    normals : numpy.ndarray of shape (n_paths, n_teams, n_tiers)
        Standard normals.

    Returns
    -------
    numpy.ndarray of shape (n_paths, n_teams)
        Cost at the price level of the base year (currency).
    """
    mean, sd, skewness = (figure[:, None, :] for figure in model.body.scaled(factor))
    root = np.sqrt(members)
    inverse = 1 / np.maximum(root, 1.0)
    cost = members * mean + root * sd * standard_skewed(normals, skewness * inverse)
    return np.asarray(np.maximum(cost, 0.0) @ price)


def compute_large_claims(model: StressModel, members: Floats, factor: Floats, draws: Draws, year: int) -> Floats:
    """Compute the cost of large claims: their number is Poisson, each falls on a team and has a size of its own.

    Parameters
    ----------
    model : StressModel
        Expected numbers, threshold, index and ceiling.
    members : numpy.ndarray of shape (n_paths, n_teams, n_tiers)
        Members.
    factor : numpy.ndarray of shape (n_paths, n_tiers)
        Factor on the number of claims.
    draws : Draws
        Normals for the number of large claims, and points.
    year : int
        From 0.

    Returns
    -------
    numpy.ndarray of shape (n_paths, n_teams)
        Cost at the price level of the base year (currency).
    """
    claims = model.policy.claims
    paths, teams, _ = members.shape
    expected = np.einsum("ptk,pk->pt", members, factor * model.large_claims)
    number = poisson_from_normal(expected.sum(axis=1), draws.shared(year)[3])
    most = int(number.max(initial=0))
    if most == 0:
        return np.zeros((paths, teams))
    path, at = np.nonzero(np.arange(most) < number[:, None])
    where, size = draws.points(year, most)[path, at].T
    reach = np.cumsum(expected, axis=1)
    reach = reach / reach[:, -1:].clip(1e-300) + np.arange(paths)[:, None]
    cell = np.minimum(np.searchsorted(reach.ravel(), where + path, side="right"), path * teams + teams - 1)
    amount = claims.threshold.value * (1 - size) ** (-1 / claims.tail_index.value)
    amount = np.minimum(amount, claims.largest.value)
    total: Floats = np.bincount(cell, amount, minlength=paths * teams).astype(np.float64)
    return total.reshape(paths, teams)
