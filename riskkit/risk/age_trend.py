"""The age trend of a cost model's errors: what a line through the cells says, as far as it can be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.risk.line import climb_likelihood

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.risk.credibility import CellRatios

    FloatArray = npt.NDArray[np.float64]


def fit_age_trend(
    found: CellRatios, volume: FloatArray, age: FloatArray, female: FloatArray, *, rising: bool
) -> FloatArray:
    """Fit factors that change evenly with age and differ between the sexes.

    The youngest and the oldest cells are the smallest, and an error that grows with age is largest in them: alone they
    could not be believed, the line through all cells can. Each of its two slopes is shrunk by 1 - variance / slope^2,
    and is 0 where chance alone would make it as large.

    Parameters
    ----------
    found : CellRatios
        Observed over expected of each cell, with its standard error.
    volume : numpy.ndarray of shape (n_cells,)
        Expected total of each cell.
    age, female : numpy.ndarray of shape (n_cells,)
        Mean age in years, and sex, of each cell.
    rising : bool
        True where cost must not fall with age: the slope is then not negative.

    Returns
    -------
    numpy.ndarray of shape (n_cells,)
        Factors; over the cells they keep the expected total.

    References
    ----------
    .. [1] Hachemeister (1975), Credibility for regression models with application to trend.
    .. [2] Efron and Morris (1973), Stein's estimation rule and its competitors, doi:10.1080/01621459.1973.10481350.

    Examples
    --------
    Ratios that rise by 10% from cell to cell without any noise are followed to the end.

    >>> from riskkit.risk.credibility import CellRatios
    >>> ratio = np.array([1 / 1.1, 1.0, 1.1])
    >>> exact = CellRatios(ratio, np.full(3, 1e-6), np.ones(3), ratio)
    >>> trend = fit_age_trend(exact, np.ones(3), np.array([40.0, 50.0, 60.0]), np.zeros(3), rising=True)
    >>> (trend / trend[1]).round(4).tolist()
    [0.9091, 1.0, 1.1]
    """
    share = volume / volume.sum()
    terms = np.column_stack([np.ones_like(age), *(each - share @ each for each in (age / 10, female))])
    varies = np.ptp(terms, axis=0) > 0
    kept = np.flatnonzero([True, *varies[1:]])
    slopes = np.zeros(3)
    if (found.ratio > 0).all() and len(kept) < len(volume):
        design = terms[:, kept]
        line = climb_likelihood(np.zeros(len(kept)), design, found.ratio, share, kind="cost")
        bread = np.linalg.inv(design.T @ ((share * np.exp(design @ line))[:, None] * design))
        variance = np.diag(bread @ (design.T @ (((share * found.error) ** 2)[:, None] * design)) @ bread)
        believed = np.maximum(1 - np.divide(variance, line**2, out=np.ones_like(line), where=line != 0), 0.0)
        slopes[kept] = line * believed
    if rising:
        slopes[1] = max(slopes[1], 0.0)
    factor = np.exp(terms[:, 1:] @ slopes[1:])
    return np.asarray(factor / (share @ factor))
