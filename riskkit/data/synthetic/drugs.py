"""Drugs: the fills by which members cover their prescribed days, with long scripts of four to eight weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import YEAR_DAYS, day_of
from riskkit.data.synthetic.prices import draw_amounts
from riskkit.data.synthetic.records import FloatArray, IntArray, Records, rank_within, repeat_rows
from riskkit.data.synthetic.utilization import DAY_PRICES, covered_share, takes_drug

if TYPE_CHECKING:
    from riskkit.data.synthetic.block import Block

SUPPLY_DAYS = np.array([28, 42, 56])
FILL_LAG_DAYS = (1, 31)
PRICE_SPREAD = 0.15


@dataclass(frozen=True)
class Fills(Records):
    """Drug fills.

    Parameters
    ----------
    member : numpy.ndarray of int
        Row of the member.
    drug : numpy.ndarray of int
        Place in ``utilization.DRUGS``.
    day, settled_day : numpy.ndarray of int
        Day of the fill, and when the payer knows of it.
    supply_days : numpy.ndarray of int
        Days that the fill lasts.
    amount : numpy.ndarray of float
        Allowed amount, CNY.
    """

    member: IntArray
    drug: IntArray
    day: IntArray
    settled_day: IntArray
    supply_days: IntArray
    amount: FloatArray


def draw_fills(block: Block, rng: np.random.Generator) -> Fills:
    """Draw the drug fills under contract.

    Parameters
    ----------
    block : Block
        The members and their course.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Fills
        Sorted by member and day; spread evenly over the year, as scripts are renewed when they run out.
    """
    years = block.course.member_years
    people = block.members.take(years.member)
    row, drug = np.nonzero(takes_drug(people, block.course.before))
    supply = rng.choice(SUPPLY_DAYS, len(row))
    wanted = YEAR_DAYS * covered_share(people)[row] / supply
    count = np.floor(wanted + rng.random(len(row))).astype("int64")
    script = repeat_rows(count)
    time = (rank_within(script) + rng.random(len(script))) / count[script]
    day = day_of(years.year[row[script]], time)
    means = DAY_PRICES[drug[script]] * supply[script]
    fills = Fills(
        member=years.member[row[script]],
        drug=drug[script],
        day=day,
        settled_day=day + rng.integers(*FILL_LAG_DAYS, len(day)),
        supply_days=supply[script],
        amount=np.round(draw_amounts(means, PRICE_SPREAD, rng), 2),
    )
    kept = fills.take(block.enrolment.covers(fills.member, fills.day))
    return kept.take(np.argsort(kept.member * 100_000 + kept.day, kind="stable"))
