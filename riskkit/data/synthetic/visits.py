"""Visits: routine, acute, emergency, dialysis and first-diagnosis visits of a block of members."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import YEAR_DAYS, day_of, new_year
from riskkit.data.synthetic.claims import KINDS, ONSET, Claims, make_claims
from riskkit.data.synthetic.prices import VISIT_SPREADS, draw_amounts, expected_visit
from riskkit.data.synthetic.records import draw_rows, repeat_rows
from riskkit.data.synthetic.state import CONDITIONS
from riskkit.data.synthetic.utilization import DIALYSIS_BILLS, visit_rates

if TYPE_CHECKING:
    from riskkit.data.synthetic.block import Block
    from riskkit.data.synthetic.records import IntArray

LEVEL_SHARES = {
    "routine": (0.70, 0.20, 0.10),
    "acute": (0.55, 0.25, 0.20),
    "emergency": (0.10, 0.45, 0.45),
    "hypoglycaemia": (0.10, 0.45, 0.45),
    "dialysis": (0.0, 0.60, 0.40),
    "onset": (0.10, 0.45, 0.45),
}
CONFIRMATION_DAYS = (7, 42)
"""A first diagnosis is confirmed by a second visit after this many days, within the same year."""


def draw_visits(block: Block, rng: np.random.Generator) -> Claims:
    """Draw the visits outside hospital.

    Parameters
    ----------
    block : Block
        The members and their course.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Claims
        Visits, also those that fall outside the contract or after death.
    """
    years = block.course.member_years
    rates = visit_rates(block.members.take(years.member), block.course.before)
    parts = []
    for kind, rate in rates.items():
        row = repeat_rows(rng.poisson(rate))
        parts.append(_make(kind, block, row, day_of(years.year[row], rng.random(len(row))), rng))
    return Claims.join([*parts, _first_dialysis(block, rng), _first_diagnoses(block, rng)])


def _first_dialysis(block: Block, rng: np.random.Generator) -> Claims:
    """Return the bills of dialysis between its beginning and the end of that year."""
    years = block.course.member_years
    left = np.maximum(1.0 - years.onset_time[:, CONDITIONS.index("dialysis")], 0.0)
    row = repeat_rows(rng.poisson(DIALYSIS_BILLS * left))
    return _make("dialysis", block, row, day_of(years.year[row], 1.0 - left[row] * rng.random(len(row))), rng)


def _first_diagnoses(block: Block, rng: np.random.Generator) -> Claims:
    """Return two visits for each condition that is newly diagnosed, or worse, outside hospital."""
    years = block.course.member_years
    row, condition = np.nonzero(years.onset_time < 1.0)
    first = day_of(years.year[row], years.onset_time[row, condition])
    year_end = new_year(years.year[row]) + YEAR_DAYS - 1
    second = np.minimum(first + rng.integers(*CONFIRMATION_DAYS, len(row)), year_end)
    visits = _make(KINDS[ONSET], block, np.tile(row, 2), np.concatenate([first, second]), rng)
    return replace(visits, detail=np.tile(condition, 2))


def _make(kind: str, block: Block, row: IntArray, day: IntArray, rng: np.random.Generator) -> Claims:
    member = block.course.member_years.member[row]
    means = expected_visit(kind, block.members.region[member])
    return replace(
        make_claims(KINDS.index(kind), member, row, day),
        level=draw_rows(np.tile(LEVEL_SHARES[kind], (len(row), 1)), rng) + 1,
        amount=draw_amounts(means, VISIT_SPREADS[kind], rng),
    )
