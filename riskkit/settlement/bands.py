"""Marginal bands: the part of a difference that lies in each band, and what the team gets of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from riskkit.settlement.money import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskkit.settlement.blocks import Band, MinimumRate, QualityScale


@dataclass(frozen=True)
class BandPart:
    """What lies in one band.

    Parameters
    ----------
    amount : fractions.Fraction
        Part of the difference that lies in the band, in minor units.
    share : fractions.Fraction
        The team's share of it.
    """

    amount: Fraction
    share: Fraction

    @property
    def team_part(self) -> Fraction:
        """What the team gets of it, in minor units."""
        return self.amount * self.share


def cut_into_bands(size: int, unit: Fraction, bands: Sequence[Band]) -> list[BandPart]:
    """Cut the size of a difference at the ends of the bands.

    Parameters
    ----------
    size : int
        Size of the difference in minor units, at least 0.
    unit : fractions.Fraction
        Minor units that one of the bands' ends counts: what was prepaid, or one currency unit.
    bands : sequence of Band
        Ends rising, the last one open.

    Returns
    -------
    list of BandPart
        The bands that are reached; their amounts sum to `size`.

    References
    ----------
    .. [1] 42 USC 18062(b): shares of a band hold for what lies in it alone.
    """
    parts: list[BandPart] = []
    start = Fraction(0)
    for band in bands:
        end = Fraction(size) if band.upto is None else min(Fraction(size), exact(band.upto.value) * unit)
        if end > start or not parts:
            parts.append(BandPart(end - start, exact(band.team_share.value)))
            start = end
    return parts


def read_scale(scale: QualityScale, score: float) -> Fraction:
    """Read what a score is worth.

    Parameters
    ----------
    scale : QualityScale
        Gate and points.
    score : float
        The score.

    Returns
    -------
    fractions.Fraction
        0 below the gate; else interpolated between the points, and the nearest point's outside of them.
    """
    if scale.gate is not None and score < scale.gate.value:
        return Fraction(0)
    points = [(exact(point.score.value), exact(point.value.value)) for point in scale.points]
    return _interpolate(points, exact(score))


def read_minimum(minimum: MinimumRate, lives: float | None) -> Fraction | None:
    """Read the minimum rate that a policy sets.

    Parameters
    ----------
    minimum : MinimumRate
        One rate, or rates by lives.
    lives : float or None
        Number of lives.

    Returns
    -------
    fractions.Fraction or None
        The rate; None where the policy needs the number of lives and it is not known.
    """
    if minimum.rate is not None:
        return exact(minimum.rate.value)
    if lives is None:
        return None
    return _interpolate(
        [(exact(point.lives.value), exact(point.rate.value)) for point in minimum.by_lives], exact(lives)
    )


def _interpolate(points: list[tuple[Fraction, Fraction]], at: Fraction) -> Fraction:
    if at <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return points[-1][1]
