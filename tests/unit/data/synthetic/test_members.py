from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.state import age_on


def test_members_are_adults_when_their_course_begins(block: Block) -> None:
    age = age_on(block.members, block.members.entry_year)
    assert age.min() >= 20.0
    assert age.max() < 95.0


def test_only_newcomers_begin_after_the_first_new_year(block: Block) -> None:
    members = block.members
    assert members.is_newcomer[members.entry_year > 0].all()
    # Drawn with a chance of .22: standard error over 3,000 members .0076, four of them.
    assert abs(members.is_newcomer.mean() - 0.22) < 0.031


def test_members_of_a_team_share_its_place_and_quality(block: Block) -> None:
    members = block.members
    inside = members.take(members.team == members.team[0])
    assert len(inside) > 1
    assert len(np.unique(inside.team_quality)) == 1
    assert len(np.unique(inside.region)) == 1
