from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.drugs import SUPPLY_DAYS, draw_fills


def test_fills_lie_under_contract_and_last_four_to_eight_weeks(block: Block, rng: np.random.Generator) -> None:
    fills = draw_fills(block, rng)
    assert block.enrolment.covers(fills.member, fills.day).all()
    assert set(fills.supply_days.tolist()) == set(SUPPLY_DAYS.tolist())
    assert fills.amount.min() > 0


def test_adherent_members_fetch_more_days_per_drug(block: Block, rng: np.random.Generator) -> None:
    fills = draw_fills(block, rng)
    adherence = block.members.adherence[fills.member]
    pairs = fills.member * 100 + fills.drug
    for_high, for_low = adherence > 1.0, adherence < -1.0
    per_drug = [fills.supply_days[rows].sum() / len(np.unique(pairs[rows])) for rows in (for_high, for_low)]
    assert per_drug[0] > per_drug[1]
