from __future__ import annotations

import numpy as np
import pytest

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.calendar import new_year
from riskkit.data.synthetic.enrolment import ALIVE, Enrolment


@pytest.fixture
def two_spans() -> Enrolment:
    """One member with days 10 to 19 and 30 to 39, one with days 5 to 9."""
    return Enrolment(np.array([[10, 30], [5, 10]]), np.array([[20, 40], [10, 10]]), np.array([ALIVE, ALIVE]))


def test_spans_are_half_open(two_spans: Enrolment) -> None:
    days = np.array([9, 10, 19, 20, 29, 30, 39, 40])
    covered = two_spans.covers(np.zeros(8, dtype="int64"), days)
    assert covered.tolist() == [False, True, True, False, False, True, True, False]


def test_first_and_last_day_are_those_of_the_span_that_holds_the_day(two_spans: Enrolment) -> None:
    member, day = np.array([0, 0, 1]), np.array([12, 35, 5])
    assert two_spans.first_day(member, day).tolist() == [10, 30, 5]
    assert two_spans.last_day(member, day).tolist() == [19, 39, 9]


def test_spans_of_a_member_do_not_overlap(block: Block) -> None:
    enrolment = block.enrolment
    assert (enrolment.end >= enrolment.start).all()
    assert (enrolment.start[:, 1] >= enrolment.end[:, 0]).all()
    assert (enrolment.end[:, 0] > enrolment.start[:, 0]).all()


def test_no_contract_outlasts_its_member(block: Block) -> None:
    assert (block.enrolment.end <= block.enrolment.death_day[:, None] + 1).all()


def test_some_leave_some_return_and_those_who_stay_are_signed_for_one_more_year(block: Block) -> None:
    enrolment, horizon = block.enrolment, int(new_year(block.years + 1))
    last = enrolment.end[:, 1]
    alive = enrolment.death_day == ALIVE
    assert set(last[alive & (last >= int(new_year(block.years)))].tolist()) == {horizon}
    assert 0.03 < (last[alive] < int(new_year(block.years))).mean() < 0.15
    assert (enrolment.end[:, 1] > enrolment.start[:, 1]).any()
