from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.utilization import (
    DAY_PRICES,
    DIALYSIS_BILLS,
    DRUGS,
    INSULIN,
    covered_share,
    expected_drug_cost,
    takes_drug,
    visit_rates,
)


def test_frail_members_come_more_often(block: Block) -> None:
    state = block.course.before
    people = block.members.take(block.course.member_years.member)
    frailer = replace(people, frailty=people.frailty + 0.5)
    for kind in ("routine", "acute", "emergency"):
        assert (visit_rates(frailer, state)[kind] > visit_rates(people, state)[kind]).all()


def test_dialysis_is_billed_monthly_to_those_on_it(block: Block) -> None:
    state = block.course.before
    people = block.members.take(block.course.member_years.member)
    assert set(visit_rates(people, state)["dialysis"].tolist()) == {0.0, DIALYSIS_BILLS}


def test_those_on_insulin_take_insulin_and_nobody_else(block: Block) -> None:
    state = block.course.before
    people = block.members.take(block.course.member_years.member)
    assert np.array_equal(takes_drug(people, state)[:, INSULIN], state.insulin)


def test_expected_drug_cost_is_days_covered_times_price(block: Block) -> None:
    state = block.course.before.take(np.array([0]))
    people = replace(
        block.members.take(block.course.member_years.member[:1]),
        adherence=np.array([0.0]),
        tastes=np.ones((1, len(DRUGS))),
    )
    state = replace(state, insulin=np.array([True]))
    # Tastes of 1 refuse every drug but insulin: 365 days x .76 covered x 8.00 = 2,219.20.
    assert covered_share(people).tolist() == [0.76]
    assert DAY_PRICES[INSULIN] == 8.0
    assert np.isclose(expected_drug_cost(people, state)[0], 2_219.2)
