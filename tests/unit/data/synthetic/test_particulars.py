from __future__ import annotations

import numpy as np

from riskkit.data.synthetic import particulars
from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.claims import STAY, Claims
from riskkit.data.vocabulary import ADMISSION_SOURCES, ADMISSION_TYPES, DISCHARGE_STATUSES, SETTINGS


def test_words_are_those_of_the_canonical_table() -> None:
    assert set(particulars.SETTINGS) <= set(SETTINGS)
    assert set(particulars.URGENCIES) - {None} <= set(ADMISSION_TYPES)
    assert set(particulars.SOURCES) - {None} <= set(ADMISSION_SOURCES)
    assert set(particulars.DISCHARGES) - {None} <= set(DISCHARGE_STATUSES)


def test_who_dies_in_hospital_is_discharged_dead(block: Block, settled: Claims, rng: np.random.Generator) -> None:
    stated = particulars.draw_particulars(settled, block.enrolment.death_day[settled.member], rng)
    died = stated.discharge == particulars.DISCHARGES.index("died")
    assert died[settled.is_terminal].all()
    assert (settled.last_day[died] == block.enrolment.death_day[settled.member[died]]).all()


def test_readmissions_and_last_stays_are_never_planned(block: Block, settled: Claims, rng: np.random.Generator) -> None:
    stated = particulars.draw_particulars(settled, block.enrolment.death_day[settled.member], rng)
    planned = stated.urgency == particulars.URGENCIES.index("elective")
    assert planned.any()
    assert not (planned & (settled.is_readmission | settled.is_terminal)).any()


def test_only_stays_state_a_discharge(block: Block, settled: Claims, rng: np.random.Generator) -> None:
    stated = particulars.draw_particulars(settled, block.enrolment.death_day[settled.member], rng)
    silent = stated.discharge == particulars.DISCHARGES.index(None)
    assert np.array_equal(silent, settled.kind != STAY)
