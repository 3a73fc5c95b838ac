"""The random numbers of a batch of paths: a stream per path, the same however many paths run together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# Points of large claims come in blocks of this many per year: a constant, because the streams depend on it.
_POINTS = 32
_SHARED = 4


@dataclass(frozen=True)
class Shape:
    """How many numbers a path takes.

    Parameters
    ----------
    years, teams, tiers : int
        Of the portfolio.
    """

    years: int
    teams: int
    tiers: int

    @property
    def per_year(self) -> int:
        """Normals of a year: four that all share; and for each team and tier one per move, an entry and a cost."""
        return _SHARED + self.teams * self.tiers * (self.tiers + 2)

    def in_words(self) -> str:
        """Say the shape for a message.

        Returns
        -------
        str
            Such as ``"5 years, 20 teams, 3 tiers"``.
        """
        return f"{self.years} years, {self.teams} teams, {self.tiers} tiers"


class Draws:
    """Standard normals and points of a batch of paths.

    Path `p` of seed `s` takes its numbers from PCG64 seeded by ``SeedSequence(s, spawn_key=(p,))``, so they depend on
    nothing but seed, path and the shape of the portfolio. Policies that are compared read the same numbers.

    Parameters
    ----------
    shape : Shape
        Of the portfolio.
    seed : int
        Seed of the run.
    paths : range
        The paths of the batch.
    """

    def __init__(self, shape: Shape, seed: int, paths: range) -> None:
        self.shape = shape
        self.paths = paths
        self._streams = [
            np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(path,)))) for path in paths
        ]
        self._normals = np.empty((len(paths), shape.years, shape.per_year))
        for row, stream in zip(self._normals, self._streams, strict=True):
            stream.standard_normal(out=row)
        self._points = np.empty((len(paths), shape.years, 0, 2))

    def shared(self, year: int) -> Floats:
        """Return what all teams of a path share in a year.

        Parameters
        ----------
        year : int
            From 0.

        Returns
        -------
        numpy.ndarray of shape (4, n_paths)
            Normals for the trend, for whether there is a shock, for its size, and for the number of large claims.
        """
        return np.ascontiguousarray(self._normals[:, year, :_SHARED].T)

    def cells(self, year: int) -> Floats:
        """Return what belongs to the teams and tiers in a year.

        Parameters
        ----------
        year : int
            From 0.

        Returns
        -------
        numpy.ndarray of shape (n_tiers + 2, n_paths, n_teams, n_tiers)
            Normals: leaving, one per move to another tier, entering, cost.
        """
        shape = self.shape
        block = self._normals[:, year, _SHARED:].reshape(-1, shape.tiers + 2, shape.teams, shape.tiers)
        return block.swapaxes(0, 1)

    def points(self, year: int, most: int) -> Floats:
        """Return points of large claims: where they fall, and how large they are.

        Parameters
        ----------
        year : int
            From 0.
        most : int
            Points that are needed per path.

        Returns
        -------
        numpy.ndarray of shape (n_paths, most, 2)
            Uniforms in [0, 1).
        """
        missing = most - self._points.shape[2]
        if missing > 0:
            blocks = -(-missing // _POINTS)
            fresh = np.empty((len(self.paths), blocks, self.shape.years, _POINTS, 2))
            for row, stream in zip(fresh, self._streams, strict=True):
                stream.random(out=row)
            joined = fresh.swapaxes(1, 2).reshape(len(self.paths), self.shape.years, -1, 2)
            self._points = np.concatenate([self._points, joined], axis=2)
        return self._points[:, year, :most]
