from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.claims import DIALYSIS, ONSET
from riskkit.data.synthetic.state import CONDITIONS
from riskkit.data.synthetic.visits import draw_visits


def test_each_first_diagnosis_has_two_visits_in_its_year(block: Block, rng: np.random.Generator) -> None:
    visits = draw_visits(block, rng)
    onset = visits.take(visits.kind == ONSET)
    diagnosed = int((block.course.member_years.onset_time < 1.0).sum())
    assert len(onset) == 2 * diagnosed
    pairs, counts = np.unique(onset.row * len(CONDITIONS) + onset.detail, return_counts=True)
    assert len(pairs) == diagnosed
    assert (counts == 2).all()


def test_only_members_on_dialysis_are_billed_for_it(block: Block, rng: np.random.Generator) -> None:
    visits = draw_visits(block, rng)
    rows = visits.row[visits.kind == DIALYSIS]
    begun = block.course.member_years.onset_time[:, CONDITIONS.index("dialysis")] < 1.0
    assert (block.course.before.dialysis | begun)[rows].all()


def test_visits_take_one_day(block: Block, rng: np.random.Generator) -> None:
    visits = draw_visits(block, rng)
    assert np.array_equal(visits.day, visits.last_day)
