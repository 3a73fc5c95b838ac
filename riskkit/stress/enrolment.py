"""The turn of a year: members leave, move between the tiers, and enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.stress.counts import binomial_from_normal, poisson_from_normal

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.stress.model import StressModel

    Floats = npt.NDArray[np.float64]


def step_members(model: StressModel, members: Floats, normals: Floats) -> Floats:
    """Take the members of a batch over the turn of a year.

    Leaving and moving are binomial, one after the other (together: multinomial); entering is Poisson.

    Parameters
    ----------
    model : StressModel
        Probabilities.
    members : numpy.ndarray of shape (n_paths, n_teams, n_tiers)
        Members before; not changed.
    normals : numpy.ndarray of shape (at least n_tiers + 1, n_paths, n_teams, n_tiers)
        Standard normals: leaving, each move, entering.

    Returns
    -------
    numpy.ndarray of shape (n_paths, n_teams, n_tiers)
        Members after; whole numbers.
    """
    left = members - binomial_from_normal(members, model.leave, normals[0])
    arrived = np.zeros_like(left)
    for step, chance in enumerate(model.moves, start=1):
        moved = binomial_from_normal(left, chance, normals[step])
        left = left - moved
        arrived += np.roll(moved, step, axis=-1)
    expected = members.sum(axis=-1, keepdims=True) * model.enter
    return left + arrived + poisson_from_normal(expected, normals[len(model.moves) + 1])
