"""Care: what family-doctor teams do by the contract's yearly schedule, as far as members take it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import day_of
from riskkit.data.synthetic.labs import screening_chance
from riskkit.data.synthetic.records import IntArray, Records, repeat_rows

if TYPE_CHECKING:
    from riskkit.data.synthetic.block import Block

KINDS = ("follow_up", "eye_exam", "uacr_screen", "neuropathy_screen", "therapy_review", "education")
OFFERED = (4, 1, 1, 1, 3, 2)
"""Per year: four follow-ups, eyes, UACR and nerves once, therapy review every three to six months (S0)."""
TAKEN = (1.0, 0.8, 0.8, 0.7, 0.8, 0.5)
LAG_DAYS = (0, 16)


@dataclass(frozen=True)
class CareEvents(Records):
    """Care events.

    Parameters
    ----------
    member : numpy.ndarray of int
        Row of the member.
    kind : numpy.ndarray of int
        Place in `KINDS`.
    day, settled_day : numpy.ndarray of int
        Day of the event, and when the payer knows of it.
    """

    member: IntArray
    kind: IntArray
    day: IntArray
    settled_day: IntArray


def draw_care(block: Block, rng: np.random.Generator) -> CareEvents:
    """Draw the care events under contract.

    Parameters
    ----------
    block : Block
        The members and their course.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    CareEvents
        Sorted by member and day.
    """
    years = block.course.member_years
    chance = screening_chance(block.members.take(years.member))
    parts = []
    for kind in range(len(KINDS)):
        row = repeat_rows(rng.binomial(OFFERED[kind], TAKEN[kind] * chance))
        day = day_of(years.year[row], rng.random(len(row)))
        known = day + rng.integers(*LAG_DAYS, len(row))
        parts.append(CareEvents(years.member[row], np.full(len(row), kind), day, known))
    events = CareEvents.join(parts)
    kept = events.take(block.enrolment.covers(events.member, events.day))
    return kept.take(np.argsort(kept.member * 100_000 + kept.day, kind="stable"))
