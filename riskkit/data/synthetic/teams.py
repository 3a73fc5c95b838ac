"""Teams: the family-doctor teams of a block, with the place and the quality that their members share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.records import BoolArray, FloatArray, IntArray, Records, draw_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

REGIONS = ("east", "central", "west")
REGION_SHARES = (0.40, 0.35, 0.25)
URBAN_SHARES = np.array([0.70, 0.55, 0.45])
LEVEL_SHARES = (0.75, 0.18, 0.07)
MEMBERS_PER_TEAM = 160
TEAMS_PER_INSTITUTION = 2


@dataclass(frozen=True)
class Teams(Records):
    """Family-doctor teams.

    Parameters
    ----------
    number, institution : numpy.ndarray of int
        Running numbers, from 1.
    region, level : numpy.ndarray of int
        Place in `REGIONS`; level of the institution, 1 to 3.
    urban : numpy.ndarray of bool
        True for a town.
    quality : numpy.ndarray of float
        Standard normal.
    """

    number: IntArray
    institution: IntArray
    region: IntArray
    level: IntArray
    urban: BoolArray
    quality: FloatArray


def draw_teams(first_member: int, members: int, rng: np.random.Generator) -> Teams:
    """Draw the teams of a block; the teams of one institution share place and level.

    Parameters
    ----------
    first_member : int
        Running number of the block's first member, from 1.
    members : int
        Members of the block.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Teams
        At least one team, about `MEMBERS_PER_TEAM` members each.
    """
    count = max(1, round(members / MEMBERS_PER_TEAM))
    earlier = first_member // MEMBERS_PER_TEAM
    house = np.arange(count) // TEAMS_PER_INSTITUTION
    houses = int(house[-1]) + 1
    region = _draw(REGION_SHARES, houses, rng)
    urban = rng.random(houses) < URBAN_SHARES[region]
    level = _draw(LEVEL_SHARES, houses, rng) + 1
    return Teams(
        number=np.arange(count) + earlier + 1,
        institution=house + earlier // TEAMS_PER_INSTITUTION + 1,
        region=region[house],
        level=level[house],
        urban=urban[house],
        quality=rng.standard_normal(count),
    )


def _draw(shares: Sequence[float], count: int, rng: np.random.Generator) -> IntArray:
    return draw_rows(np.tile(shares, (count, 1)), rng)
