"""Prices: what a stay, a visit and a day of treatment cost, as drawn and as expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from riskkit.data.synthetic.records import FloatArray, IntArray

STAY_MEANS = np.array([
    9_500, 15_000, 8_500, 19_000, 14_000, 13_000, 26_000, 23_000, 25_000, 13_000, 13_000, 26_000, 18_000, 12_000,
], dtype="float64")  # fmt: skip
"""Mean allowed amount of a stay at price and level 1, CNY, by cause in the order of `hazards.CAUSES`."""
STAY_DAYS = np.array([8.0, 10.0, 6.0, 11.0, 5.0, 10.0, 17.0, 13.0, 9.0, 9.0, 8.0, 12.0, 14.0, 8.0])
STAY_SPREAD = 0.90
"""Standard deviation of the log amount; with it the next-year cost has a coefficient of variation above 2."""
LEVEL_SHARES = np.array([0.15, 0.45, 0.40])
LEVEL_PRICES = np.array([0.60, 0.90, 1.25])
FUND_SHARES = np.array([[0.55, 0.68], [0.70, 0.82]])
"""What the fund pays: rows resident and employee, columns visits and stays (urban 80%, rural 50% and up: S0, S1)."""
REGION_PRICES = np.array([1.05, 1.00, 0.95])
TERMINAL_FACTOR = 1.6
"""Price of a stay that ends in death over another of the same cause."""
VISIT_MEANS = {
    "routine": 165.0,
    "acute": 200.0,
    "emergency": 900.0,
    "hypoglycaemia": 1_500.0,
    "dialysis": 5_800.0,
    "onset": 420.0,
}
VISIT_SPREADS = {"routine": 0.6, "acute": 0.8, "emergency": 0.9, "hypoglycaemia": 0.7, "dialysis": 0.15, "onset": 0.6}


def expected_stay(shares: FloatArray, region: IntArray) -> FloatArray:
    """Return the expected allowed amount of a stay.

    Parameters
    ----------
    shares : numpy.ndarray of shape (n, n_causes)
        Chances of the causes.
    region : numpy.ndarray of shape (n,)
        Place in ``teams.REGIONS``.

    Returns
    -------
    numpy.ndarray of shape (n,)
        CNY.
    """
    return np.asarray((shares @ STAY_MEANS) * (LEVEL_SHARES @ LEVEL_PRICES) * REGION_PRICES[region])


def expected_visit(kind: str, region: IntArray) -> FloatArray:
    """Return the expected allowed amount of a visit.

    Parameters
    ----------
    kind : str
        A key of `VISIT_MEANS`.
    region : numpy.ndarray of shape (n,)
        Place in ``teams.REGIONS``.

    Returns
    -------
    numpy.ndarray of shape (n,)
        CNY.
    """
    return np.asarray(VISIT_MEANS[kind] * REGION_PRICES[region])


def draw_amounts(means: FloatArray, spread: float, rng: np.random.Generator) -> FloatArray:
    """Draw log-normal amounts with given means.

    Parameters
    ----------
    means : numpy.ndarray of shape (n,)
        Expected amounts, CNY.
    spread : float
        Standard deviation of the log amount.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray of shape (n,)
        CNY.
    """
    return np.asarray(means * np.exp(spread * rng.standard_normal(len(means)) - spread**2 / 2))


def split_amounts(allowed: FloatArray, fund_share: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Split allowed amounts between fund and member, so that both are whole cents and tie.

    Parameters
    ----------
    allowed : numpy.ndarray of shape (n,)
        Allowed amounts, CNY, whole cents.
    fund_share : numpy.ndarray of shape (n,)
        What the fund pays of each, as a fraction.

    Returns
    -------
    paid, own : numpy.ndarray of shape (n,)
        CNY of the fund and of the member; their sum is `allowed`.

    Examples
    --------
    >>> paid, own = split_amounts(np.array([100.01]), np.array([0.7]))
    >>> float(paid[0]), float(own[0])
    (70.01, 30.0)
    """
    paid = np.round(allowed * fund_share, 2)
    return paid, np.round(allowed - paid, 2)
