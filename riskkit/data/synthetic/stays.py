"""Stays: admissions, readmissions and last stays of a block of members, none overlapping another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import YEAR_DAYS, day_of, new_year
from riskkit.data.synthetic.claims import STAY, Claims, make_claims
from riskkit.data.synthetic.enrolment import ALIVE
from riskkit.data.synthetic.hazards import DEATH_IN_HOSPITAL, cause_shares, readmission_chance
from riskkit.data.synthetic.prices import (
    LEVEL_PRICES,
    LEVEL_SHARES,
    REGION_PRICES,
    STAY_DAYS,
    STAY_MEANS,
    STAY_SPREAD,
    TERMINAL_FACTOR,
    draw_amounts,
)
from riskkit.data.synthetic.records import draw_rows

if TYPE_CHECKING:
    from riskkit.data.synthetic.block import Block
    from riskkit.data.synthetic.records import IntArray

READMISSION_DAYS = (2, 30)


def draw_stays(block: Block, rng: np.random.Generator) -> Claims:
    """Turn the admissions of the process into claims.

    Parameters
    ----------
    block : Block
        The members and their course.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Claims
        Stays under contract, sorted by member and day; a stay ends no later than the next one begins.
    """
    first = _first_stays(block, rng)
    drawn = Claims.join([first, _readmissions(first, block, rng), _last_stays(block, rng)])
    stays = drawn.take(block.enrolment.covers(drawn.member, drawn.day))
    stays = stays.take(np.lexsort((stays.is_terminal, stays.day, stays.member)))
    stays = replace(stays, last_day=_clip_ends(stays, block))
    level = draw_rows(np.tile(LEVEL_SHARES, (len(stays), 1)), rng)
    price = LEVEL_PRICES[level] * REGION_PRICES[block.members.region[stays.member]]
    means = STAY_MEANS[stays.detail] * price * np.where(stays.is_terminal, TERMINAL_FACTOR, 1.0)
    return replace(stays, level=level + 1, amount=draw_amounts(means, STAY_SPREAD, rng))


def _first_stays(block: Block, rng: np.random.Generator) -> Claims:
    stays = block.course.stays
    day = day_of(block.course.member_years.year[stays.row], stays.time)
    return _make(block, stays.row, stays.cause, day, rng)


def _readmissions(first: Claims, block: Block, rng: np.random.Generator) -> Claims:
    chance = readmission_chance(block.course.before.take(first.row))
    again = first.take(rng.random(len(first)) < chance)
    year_end = new_year(block.course.member_years.year[again.row]) + YEAR_DAYS - 1
    # Kept within the year, so that a year's expected cost follows from the state on its 1 January alone.
    day = np.minimum(again.last_day + rng.integers(*READMISSION_DAYS, len(again)), year_end)
    made = _make(block, again.row, again.detail, day, rng)
    return replace(made, is_readmission=np.ones(len(made), dtype="bool"))


def _last_stays(block: Block, rng: np.random.Generator) -> Claims:
    """Return the stays in which members die, begun at the earliest on 1 January or on joining."""
    years, enrolment = block.course.member_years, block.enrolment
    death_day = block.course.death_day[years.member]
    dies_here = (death_day != ALIVE) & (death_day >= new_year(years.year)) & (death_day < new_year(years.year + 1))
    dies_here &= enrolment.covers(years.member, death_day) & (rng.random(len(years)) < DEATH_IN_HOSPITAL)
    row = np.flatnonzero(dies_here)
    cause = draw_rows(cause_shares(block.course.before.take(row)), rng)
    death, member = death_day[row], years.member[row]
    earliest = np.maximum(new_year(years.year[row]), enrolment.first_day(member, death))
    made = _make(block, row, cause, np.maximum(death - _draw_days(cause, rng), earliest), rng)
    return replace(made, last_day=death, is_terminal=np.ones(len(made), dtype="bool"))


def _make(block: Block, row: IntArray, cause: IntArray, day: IntArray, rng: np.random.Generator) -> Claims:
    made = make_claims(STAY, block.course.member_years.member[row], row, day)
    return replace(made, detail=cause, last_day=day + _draw_days(cause, rng))


def _draw_days(cause: IntArray, rng: np.random.Generator) -> IntArray:
    return np.asarray(1 + rng.poisson(rng.gamma(4.0, (STAY_DAYS[cause] - 1.0) / 4.0)))


def _clip_ends(stays: Claims, block: Block) -> IntArray:
    """End each stay by the end of the contract, of the data, of life and by the start of the next stay."""
    limit = np.minimum(block.enrolment.last_day(stays.member, stays.day), block.last_day)
    followed = np.append(np.diff(stays.member) == 0, np.zeros(min(len(stays), 1), dtype="bool"))
    limit = np.where(followed, np.minimum(limit, np.roll(stays.day, -1)), limit)
    return np.maximum(np.minimum(stays.last_day, limit), stays.day)
