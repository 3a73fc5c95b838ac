from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.onset import (
    complication_rates,
    dialysis_rate,
    hypoglycaemia_rate,
    insulin_chance,
    onset_rates,
)
from riskkit.data.synthetic.state import COMORBIDITIES, CONDITIONS, HIGHEST_STAGE, ORGANS


def test_what_is_present_at_its_worst_cannot_begin(block: Block) -> None:
    state = block.course.before
    people = block.members.take(block.course.member_years.member)
    worst = replace(
        state,
        stages=np.tile(HIGHEST_STAGE, (len(state), 1)),
        comorbid=np.ones_like(state.comorbid),
        dialysis=np.ones_like(state.dialysis),
    )
    rates = onset_rates(people, worst)
    assert rates.shape == (len(state), len(CONDITIONS))
    assert (rates == 0).all()


def test_higher_sugar_hastens_every_complication(block: Block) -> None:
    state = block.course.before
    people = block.members.take(block.course.member_years.member)
    well = replace(state, stages=np.zeros_like(state.stages), hba1c=np.full(len(state), 6.5))
    ill = replace(well, hba1c=np.full(len(state), 8.5))
    assert (complication_rates(people, ill) > complication_rates(people, well)).all()


def test_teams_that_screen_find_more(block: Block) -> None:
    state = replace(block.course.before, stages=np.zeros_like(block.course.before.stages))
    people = block.members.take(block.course.member_years.member)
    better = replace(people, team_quality=people.team_quality + 1.0)
    eye = ORGANS.index("retinopathy")
    assert (complication_rates(better, state)[:, eye] > complication_rates(people, state)[:, eye]).all()


def test_dialysis_begins_only_with_failing_kidneys(block: Block) -> None:
    state = block.course.before
    healthy = replace(state, stages=np.zeros_like(state.stages))
    assert (dialysis_rate(healthy) == 0).all()
    assert dialysis_rate(state).max() > 0


def test_insulin_brings_hypoglycaemia(block: Block) -> None:
    state = block.course.before
    without, with_insulin = (replace(state, insulin=np.full(len(state), flag)) for flag in (False, True))
    assert (hypoglycaemia_rate(with_insulin) > hypoglycaemia_rate(without)).all()


def test_insulin_is_started_when_sugar_is_high(block: Block) -> None:
    state = block.course.before
    low, high = (replace(state, hba1c=np.full(len(state), value)) for value in (7.0, 9.0))
    # .02 at 7%; two points more: .02 * exp(.9) = .0492.
    assert np.allclose(insulin_chance(low), 0.02)
    assert np.allclose(insulin_chance(high), 0.0492, atol=5e-5)


def test_conditions_are_organs_comorbidities_and_dialysis() -> None:
    assert len(CONDITIONS) == len(ORGANS) + len(COMORBIDITIES) + 1
