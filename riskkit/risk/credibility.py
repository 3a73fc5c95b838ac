"""Credibility: how far the observed over expected of a cell may be believed, cells of few or dear members less."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


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
    expected: FloatArray, observed: FloatArray, cells: IntArray, persons: IntArray | None = None
) -> CellRatios:
    """Compute the ratios of cells, shrunk towards 1 by their credibility after Buehlmann and Straub.

    With the expected total E_c of a cell as its volume, the ratio varies around its own mean with phi / E_c and the
    means vary among cells with tau^2: Z_c = E_c / (E_c + phi / tau^2). phi is estimated from the residuals of persons
    over all cells, because the cells with a dear member are those that would believe themselves too much, and tau^2
    from what the ratios vary beyond it. Where they do not, tau^2 is 0 and every factor is 1.

    Parameters
    ----------
    expected, observed : numpy.ndarray of shape (n_rows,)
        Weighted predictions and weighted outcomes.
    cells : numpy.ndarray of int of shape (n_rows,)
        Cell of each row, from 0.
    persons : numpy.ndarray of int of shape (n_rows,), optional
        Person of each row, from 0; rows of one person are not independent. Each row its own person where absent.

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
    phi = float((by_person**2).sum() / scaled.sum())
    between = float((scaled * (ratio - 1) ** 2).sum()) - (len(volume) - 1) * phi
    spread = float(scaled.sum() - (scaled**2).sum() / scaled.sum())
    tau = max(between / spread, 0.0) if spread > 0 else 0.0
    believed = scaled * tau
    credibility = np.divide(believed, believed + phi, out=np.zeros_like(scaled), where=believed > 0)
    error = np.sqrt(np.divide(phi, scaled, out=np.full_like(scaled, np.inf), where=scaled > 0))
    return CellRatios(ratio, error, credibility, 1 + credibility * (ratio - 1))
