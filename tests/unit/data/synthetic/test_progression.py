from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.progression import advance


def test_a_year_later_members_are_a_year_older(block: Block, rng: np.random.Generator) -> None:
    rows = np.flatnonzero(block.course.member_years.year == 0)
    people = block.members.take(block.course.member_years.member[rows])
    state = block.course.before.take(rows)
    after = advance(people, state, 0, rng)
    # 2020 has 366 days: 366 / 365.25 = 1.0021 years.
    assert np.allclose(after.age - state.age, 366 / 365.25)
    assert np.allclose(after.duration - state.duration, 1.0)


def test_insulin_and_conditions_are_not_lost(block: Block, rng: np.random.Generator) -> None:
    rows = np.flatnonzero(block.course.member_years.year == 0)
    people = block.members.take(block.course.member_years.member[rows])
    state = block.course.before.take(rows)
    after = advance(people, state, 0, rng)
    assert (after.insulin >= state.insulin).all()
    assert (after.stages == state.stages).all()


def test_values_stay_within_what_a_body_can_have(block: Block) -> None:
    after = block.course.after
    assert after.hba1c.min() >= 5.2
    assert after.hba1c.max() <= 14.0
    assert after.egfr.min() >= 5.0
    assert after.systolic.max() <= 200.0
