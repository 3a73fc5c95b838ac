from __future__ import annotations

from riskkit.data.synthetic.block import BLOCK_PERSONS, draw_blocks


def test_blocks_hold_every_member_once() -> None:
    blocks = [block for block, _ in draw_blocks(BLOCK_PERSONS + 5, 1, 0)]
    numbers = [block.members.number for block in blocks]
    assert [len(part) for part in numbers] == [BLOCK_PERSONS, 5]
    assert numbers[1].tolist() == [BLOCK_PERSONS + place for place in (1, 2, 3, 4, 5)]


def test_blocks_of_one_cohort_differ() -> None:
    (first, _), (second, _) = draw_blocks(2 * BLOCK_PERSONS, 1, 0)
    assert (first.members.frailty != second.members.frailty).all()
