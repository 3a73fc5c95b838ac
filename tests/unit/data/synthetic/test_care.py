from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.care import KINDS, OFFERED, draw_care
from riskkit.data.vocabulary import CARE_EVENT_KINDS


def test_kinds_are_those_of_the_canonical_table() -> None:
    assert set(KINDS) == set(CARE_EVENT_KINDS)


def test_nobody_gets_more_than_the_schedule_offers(block: Block, rng: np.random.Generator) -> None:
    # POLICY_RULES C21: four follow-ups a year, eyes, UACR and nerves once.
    assert OFFERED[: KINDS.index("therapy_review")] == (4, 1, 1, 1)
    events = draw_care(block, rng)
    year = events.day.astype("datetime64[D]").astype("datetime64[Y]").astype("int64")
    for kind, most in enumerate(OFFERED):
        rows = events.kind == kind
        _, counts = np.unique(events.member[rows] * 1_000 + year[rows], return_counts=True)
        assert counts.max() <= most


def test_care_is_given_under_contract(block: Block, rng: np.random.Generator) -> None:
    events = draw_care(block, rng)
    assert block.enrolment.covers(events.member, events.day).all()
