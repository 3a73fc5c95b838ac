"""Moments of what a member's year costs: the body by its claims, large claims by their Pareto distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.stress.population import StressTier
    from riskkit.stress.risks import Claims

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BodyCumulants:
    """Cumulants of the body of one member year, by the power of the factor `c` on the number of claims.

    With a negative binomial number of claims (mean `c` f, shape a) and claims of moments m1, m2, m3 the cumulants are
    ``c f m1``; ``c f m2 + c**2 f**2 m1**2 / a``; ``c f m3 + 3 c**2 f**2 m1 m2 / a + 2 c**3 f**3 m1**3 / a**2``.
    Members are independent given trend and shock, so the cumulants of n members are n times these, exactly.

    Parameters
    ----------
    mean : numpy.ndarray of shape (n_tiers,)
        Coefficient of `c` in the mean (currency).
    variance : numpy.ndarray of shape (2, n_tiers)
        Coefficients of `c`, `c**2` in the variance.
    third : numpy.ndarray of shape (3, n_tiers)
        Coefficients of `c`, `c**2`, `c**3` in the third cumulant.
    """

    mean: Floats
    variance: Floats
    third: Floats

    def scaled(self, factor: Floats) -> tuple[Floats, Floats, Floats]:
        """Return mean, standard deviation and skewness of one member year.

        Parameters
        ----------
        factor : numpy.ndarray of shape (..., n_tiers)
            Factor on the number of claims, at least 0.

        Returns
        -------
        tuple of numpy.ndarray
            Three arrays of the shape of `factor`; the skewness is 0 where nothing scatters.
        """
        mean = factor * self.mean
        variance = factor * (self.variance[0] + factor * self.variance[1])
        third = factor * (self.third[0] + factor * (self.third[1] + factor * self.third[2]))
        sd = np.sqrt(variance)
        skewness = np.divide(third, variance * sd, out=np.zeros_like(third), where=variance > 0)
        return mean, sd, skewness


def compute_claim_moments(body: str, mean: float, cv: float) -> tuple[float, float, float]:
    """Compute the first three raw moments of a claim.

    Parameters
    ----------
    body : {"gamma", "lognormal"}
        Its distribution.
    mean : float
        Its mean (currency).
    cv : float
        Its coefficient of variation.

    Returns
    -------
    tuple of float
        E[X], E[X**2], E[X**3].

    Examples
    --------
    Of an exponential claim of mean 1 the moments are 1, 2 and 6:

    >>> compute_claim_moments("gamma", 1.0, 1.0)
    (1.0, 2.0, 6.0)
    """
    square = cv * cv
    second = mean**2 * (1 + square)
    if body == "gamma":
        return mean, second, mean**3 * (1 + square) * (1 + 2 * square)
    return mean, second, mean**3 * (1 + square) ** 3


def compute_body_cumulants(tiers: tuple[StressTier, ...], claims: Claims) -> BodyCumulants:
    """Compute the cumulants of the body of one member year, tier by tier.

    Parameters
    ----------
    tiers : tuple of StressTier
        The tiers.
    claims : Claims
        How claims scatter.

    Returns
    -------
    BodyCumulants
        In the order of the tiers.
    """
    frequency = np.array([tier.frequency.value for tier in tiers])
    moments = [compute_claim_moments(claims.body, tier.claim_mean.value, tier.claim_cv.value) for tier in tiers]
    first, second, third = np.array(moments).T
    mixed = 0.0 if claims.dispersion is None else 1 / claims.dispersion.value
    return BodyCumulants(
        frequency * first,
        np.array([frequency * second, mixed * (frequency * first) ** 2]),
        np.array(
            [
                frequency * third,
                3 * mixed * frequency**2 * first * second,
                2 * mixed**2 * (frequency * first) ** 3,
            ]
        ),
    )


def compute_large_claim_moment(threshold: float, index: float, largest: float, order: int) -> float:
    """Compute a raw moment of a Pareto claim that is cut at the largest one: ``E[min(X, largest)**order]``.

    Parameters
    ----------
    threshold : float
        Where the Pareto distribution begins (currency).
    index : float
        Its index.
    largest : float
        The largest claim (currency).
    order : int
        Which moment.

    Returns
    -------
    float
        The moment (currency to the power of `order`).

    Examples
    --------
    With index 2, threshold 1 and ceiling 2: the integral of ``2 x**-2`` from 1 to 2 is 1, and a quarter of the claims
    stand at 2, which adds 0.5:

    >>> compute_large_claim_moment(1.0, 2.0, 2.0, 1)
    1.5
    """
    ratio = largest / threshold
    at_ceiling = largest**order * ratio**-index
    if math.isclose(index, order):
        return float(index * threshold**order * math.log(ratio) + at_ceiling)
    below = index * threshold**order * (1 - ratio ** (order - index)) / (index - order)
    return float(below + at_ceiling)
