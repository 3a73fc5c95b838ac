from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.codebook import BOOK, CAUSE_GROUPS, CAUSE_SPECIALTIES, LIST_NUMBERS, ORGAN_CODES
from riskkit.data.synthetic.hazards import CAUSES
from riskkit.data.synthetic.state import HIGHEST_STAGE, ORGANS


def test_every_organ_and_stage_has_codes() -> None:
    wanted = {(name, stage) for place, name in enumerate(ORGANS) for stage in range(1, HIGHEST_STAGE[place] + 1)}
    assert set(ORGAN_CODES) == wanted


def test_every_cause_has_a_group_and_a_specialty() -> None:
    assert len(CAUSE_GROUPS) == len(CAUSE_SPECIALTIES) == len(CAUSES)


def test_codes_are_drawn_from_their_own_list(rng: np.random.Generator) -> None:
    lists = np.full(500, LIST_NUMBERS["hypoglycaemia"])
    drawn = {BOOK.codes[place] for place in BOOK.draw(lists, rng)}
    assert drawn == {"E16.200", "E16.000x001"}
