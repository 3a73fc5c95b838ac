from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.calendar import new_year
from riskkit.data.synthetic.claims import STAY
from riskkit.data.synthetic.stays import draw_stays


def test_stays_of_a_member_do_not_overlap(block: Block, rng: np.random.Generator) -> None:
    stays = draw_stays(block, rng)
    assert (stays.kind == STAY).all()
    same = stays.member[1:] == stays.member[:-1]
    assert (stays.last_day[:-1][same] <= stays.day[1:][same]).all()


def test_a_stay_begins_in_the_year_whose_state_caused_it(block: Block, rng: np.random.Generator) -> None:
    stays = draw_stays(block, rng)
    year = block.course.member_years.year[stays.row]
    assert (stays.day >= new_year(year)).all()
    assert (stays.day < new_year(year + 1)).all()


def test_a_last_stay_ends_on_the_day_of_death(block: Block, rng: np.random.Generator) -> None:
    stays = draw_stays(block, rng)
    last = stays.take(stays.is_terminal)
    assert len(last) > 0
    assert np.array_equal(last.last_day, block.enrolment.death_day[last.member])


def test_nobody_is_in_hospital_after_death(block: Block, rng: np.random.Generator) -> None:
    stays = draw_stays(block, rng)
    assert (stays.last_day <= block.enrolment.death_day[stays.member]).all()
