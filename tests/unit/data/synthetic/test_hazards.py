from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.hazards import (
    CAUSES,
    HIGHEST_RATE,
    admission_rate,
    cause_number,
    cause_shares,
    death_rate,
    readmission_chance,
)
from riskkit.data.synthetic.members import Members
from riskkit.data.synthetic.state import State


@pytest.fixture
def aligned(block: Block) -> tuple[Members, State]:
    return block.members.take(block.course.member_years.member), block.course.before


@pytest.mark.parametrize(
    ("field", "step"), [("age", 5.0), ("hba1c", 1.0), ("recent_stays", 1), ("systolic", 10.0), ("egfr", -10.0)]
)
def test_sicker_is_never_admitted_less(aligned: tuple[Members, State], field: str, step: float) -> None:
    members, state = aligned
    worse = replace(state, **{field: getattr(state, field) + step})
    assert (admission_rate(members, worse) >= admission_rate(members, state)).all()


def test_each_dcsi_point_raises_the_admission_rate(aligned: tuple[Members, State]) -> None:
    members, state = aligned
    well, ill = (replace(state, stages=np.full_like(state.stages, stage)) for stage in (0, 1))
    assert (admission_rate(members, ill) > admission_rate(members, well)).all()


def test_the_admission_rate_levels_off(aligned: tuple[Members, State]) -> None:
    members, state = aligned
    frailest = replace(members, frailty=np.full(len(members), 50.0))
    assert np.allclose(admission_rate(frailest, state), HIGHEST_RATE)


def test_causes_share_out_all_admissions(aligned: tuple[Members, State]) -> None:
    shares = cause_shares(aligned[1])
    assert shares.shape == (len(aligned[1]), len(CAUSES))
    assert np.allclose(shares.sum(axis=1), 1.0)
    assert (shares >= 0).all()


def test_a_healthy_organ_sends_nobody_to_hospital(aligned: tuple[Members, State]) -> None:
    state = replace(aligned[1], stages=np.zeros_like(aligned[1].stages))
    shares = cause_shares(state)
    for cause in ("kidney", "eye", "nerve", "foot"):
        assert (shares[:, cause_number(cause)] == 0).all()


def test_death_comes_sooner_with_age_and_cancer(aligned: tuple[Members, State]) -> None:
    members, state = aligned
    older = replace(state, age=state.age + 10.0, comorbid=np.ones_like(state.comorbid))
    sooner, later = death_rate(members, older), death_rate(members, state)
    assert (sooner >= later).all()
    assert sooner.mean() > 2 * later.mean()


def test_readmission_chances_stay_below_their_cap(aligned: tuple[Members, State]) -> None:
    chance = readmission_chance(aligned[1])
    assert chance.min() >= 0.05
    assert chance.max() <= 0.30
