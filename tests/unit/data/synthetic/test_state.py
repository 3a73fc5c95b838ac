from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.state import HIGHEST_STAGE, NEPHROPATHY, draw_entry_state, usual_log_sugar


def test_dcsi_adds_stages_and_two_points_for_a_crisis(block: Block) -> None:
    state = block.course.before.take(np.arange(2))
    stages = np.array([[2, 1, 1, 0, 2, 0], [0, 0, 0, 0, 0, 0]])
    state = replace(state, stages=stages, metabolic=np.array([False, True]))
    # METHODS section 1: 2 + 1 + 1 + 2 = 6; a metabolic crisis alone is 2.
    assert state.dcsi.tolist() == [6, 2]


def test_no_stage_is_above_the_highest(block: Block) -> None:
    for state in (block.course.before, block.course.after):
        assert (state.stages >= 0).all()
        assert (state.stages <= HIGHEST_STAGE).all()


def test_second_stage_of_nephropathy_means_an_egfr_below_45(block: Block) -> None:
    for state in (block.course.before, block.course.after):
        failing = state.stages[:, NEPHROPATHY] == HIGHEST_STAGE[NEPHROPATHY]
        assert (state.egfr[failing] < 45.0).all()
        assert (state.egfr[~failing] >= 45.0).all()


def test_duration_is_never_longer_than_adult_life(block: Block, rng: np.random.Generator) -> None:
    state = draw_entry_state(block.members, rng)
    assert (state.duration <= state.age - 18.0).all()
    assert (state.duration > 0).all()


def test_poor_adherence_means_higher_sugar(block: Block) -> None:
    worse = replace(block.members, adherence=block.members.adherence - 1.0)
    assert (usual_log_sugar(worse) > usual_log_sugar(block.members)).all()
