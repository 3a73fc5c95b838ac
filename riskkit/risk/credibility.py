"""Credibility: how far the observed over expected of a cell may be believed, cells of few or dear members less."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


COST_POWER = 1.5
"""The variance of a year's cost grows as its mean to this power, as in the loss that ranks the maps of cost."""


class CellRatios(NamedTuple):
    """Observed over expected by cell.

    Parameters
    ----------
    ratio : numpy.ndarray of shape (n_cells,)
        O/E of each cell over that of all cells; 1 where nothing was expected.
    error : numpy.ndarray of shape (n_cells,)
        Standard error of the ratio.
    credibility : numpy.ndarray of shape (n_cells,)
        Z, from 0 (nothing but noise) to 1.
    factor : numpy.ndarray of shape (n_cells,)
        1 + Z (ratio - 1).
    """

    ratio: FloatArray
    error: FloatArray
    credibility: FloatArray
    factor: FloatArray


def compute_cell_ratios(
    expected: FloatArray,
    observed: FloatArray,
    cells: IntArray,
    persons: IntArray | None = None,
    *,
    variance: FloatArray | None = None,
) -> CellRatios:
    """Compute the ratios of cells, shrunk towards 1 by their credibility after Buehlmann and Straub.

    With E_c the expected total of a cell and V_c the sum of its rows' relative variances, the ratio varies around its
    own mean with s_c^2 = phi V_c / E_c^2 and the means vary among cells with tau^2: Z_c = tau^2 / (tau^2 + s_c^2). phi
    is estimated from the residuals of persons over all cells, because the cells without a dear member are those that
    would believe themselves too much, and tau^2 from what the ratios vary beyond it. Where they do not, tau^2 is 0 and
    every factor is 1.

    Parameters
    ----------
    expected, observed : numpy.ndarray of shape (n_rows,)
        Weighted predictions and weighted outcomes.
    cells : numpy.ndarray of int of shape (n_rows,)
        Cell of each row, from 0.
    persons : numpy.ndarray of int of shape (n_rows,), optional
        Person of each row, from 0; rows of one person are not independent. Each row its own person where absent.
    variance : numpy.ndarray of shape (n_rows,), optional
        Relative variance of each row's weighted outcome, such as w f^1.5 for cost; the expected where absent, as of a
        count.

    Returns
    -------
    CellRatios
        One entry a cell.

    References
    ----------
    .. [1] Buehlmann and Gisler (2005), A Course in Credibility Theory and its Applications, chapter 4,
       doi:10.1007/3-540-29273-X.

    Examples
    --------
    15 and 5 events in 100 members each where 10 were expected: the squared residuals sum to 12.75 and 4.75, phi =
    17.5 / 20 = .875, tau^2 = (10 * .5^2 * 2 - .875) / 10 = .4125, Z = 4.125 / (4.125 + .875) = .825.

    >>> observed = np.repeat([1.0, 0.0, 1.0, 0.0], [15, 85, 5, 95])
    >>> found = compute_cell_ratios(np.full(200, 0.1), observed, np.repeat([0, 1], 100))
    >>> found.ratio.tolist(), found.factor.round(2).tolist()
    ([1.5, 0.5], [1.41, 0.59])
    """
    volume, total = np.bincount(cells, expected), np.bincount(cells, observed)
    level = total.sum() / volume.sum()
    scaled = level * volume
    ratio = np.divide(total, scaled, out=np.ones_like(total), where=scaled > 0)
    residual = observed - level * ratio[cells] * expected
    by_person = residual if persons is None else np.bincount(persons, residual)
    spreads = np.bincount(cells, expected if variance is None else variance)
    noise = (by_person**2).sum() / spreads.sum() * spreads
    error = np.sqrt(np.divide(noise, scaled**2, out=np.full_like(scaled, np.inf), where=scaled > 0))
    share = scaled / scaled.sum()
    # E_c s_c^2 = noise / E_c, and the mean of all cells takes up a share of it
    chance = np.divide(noise, scaled, out=np.zeros_like(scaled), where=scaled > 0) * (1 - share)
    between, most = float((scaled * (ratio - 1) ** 2 - chance).sum()), float((scaled * (1 - share)).sum())
    tau = max(between / most, 0.0) if most > 0 else 0.0
    credibility = tau / (tau + error**2) if tau > 0 else np.zeros_like(scaled)
    return CellRatios(ratio, error, credibility, 1 + credibility * (ratio - 1))
