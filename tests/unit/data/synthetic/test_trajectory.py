from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.calendar import new_year
from riskkit.data.synthetic.enrolment import ALIVE
from riskkit.data.synthetic.hazards import cause_number
from riskkit.data.synthetic.state import CEREBROVASCULAR, COMORBIDITIES, ORGANS


def test_each_year_begins_where_the_last_one_ended(block: Block) -> None:
    years, course = block.course.member_years, block.course
    order = np.lexsort((years.year, years.member))
    member, year = years.member[order], years.year[order]
    follows = np.flatnonzero((member[1:] == member[:-1]) & (year[1:] == year[:-1] + 1))
    ended, begun = course.after.take(order[follows]), course.before.take(order[follows + 1])
    for name in ("hba1c", "egfr", "stages", "comorbid", "dialysis", "recent_stays"):
        assert np.array_equal(getattr(ended, name), getattr(begun, name)), name


def test_nobody_lives_on_after_death(block: Block) -> None:
    years = block.course.member_years
    death_day = block.course.death_day[years.member]
    assert (death_day >= new_year(years.year)).all()
    assert 0.02 < (block.course.death_day != ALIVE).mean() < 0.15


def test_a_stroke_leaves_its_mark_by_the_next_new_year(block: Block) -> None:
    stays = block.course.stays
    struck = stays.row[stays.cause == cause_number("stroke")]
    assert len(struck) > 0
    assert (block.course.after.stages[struck, CEREBROVASCULAR] == 2).all()


def test_admissions_are_remembered_for_a_year(block: Block) -> None:
    counted = np.bincount(block.course.stays.row, minlength=len(block.course.member_years))
    assert np.array_equal(block.course.after.recent_stays, counted)


def test_complications_never_heal(block: Block) -> None:
    assert (block.course.after.stages >= block.course.before.stages).all()
    assert (block.course.after.comorbid >= block.course.before.comorbid).all()


def test_what_is_newly_diagnosed_is_present_by_the_next_new_year(block: Block) -> None:
    begins = block.course.member_years.onset_time < 1.0
    organs = len(ORGANS)
    newly = begins[:, :organs]
    assert (block.course.after.stages[newly] > block.course.before.stages[newly]).all()
    assert block.course.after.comorbid[begins[:, organs : organs + len(COMORBIDITIES)]].all()
