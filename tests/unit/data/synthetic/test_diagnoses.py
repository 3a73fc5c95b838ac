from __future__ import annotations

import numpy as np
import pytest

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.claims import ONSET, STAY, Claims
from riskkit.data.synthetic.codebook import BOOK, CAUSE_CODES
from riskkit.data.synthetic.diagnoses import Diagnoses, draw_diagnoses
from riskkit.data.synthetic.hazards import CAUSES


@pytest.fixture(scope="module")
def written(block: Block, settled: Claims) -> Diagnoses:
    return draw_diagnoses(block, settled, np.random.default_rng(3))


def test_every_claim_has_a_principal_diagnosis(settled: Claims, written: Diagnoses) -> None:
    principal = written.take(written.order == 1)
    assert np.array_equal(principal.claim, np.arange(len(settled)))


def test_positions_count_from_one_without_gaps(written: Diagnoses) -> None:
    _, first, counts = np.unique(written.claim, return_index=True, return_counts=True)
    assert (written.order[first] == 1).all()
    assert (written.order[first + counts - 1] == counts).all()


def test_a_stay_is_named_for_its_cause(settled: Claims, written: Diagnoses) -> None:
    principal = written.take(written.order == 1)
    for claim in np.flatnonzero(settled.kind == STAY)[:200]:
        assert BOOK.codes[principal.code[claim]] in CAUSE_CODES[CAUSES[settled.detail[claim]]]


def test_a_first_diagnosis_and_its_confirmation_name_the_condition(settled: Claims, written: Diagnoses) -> None:
    principal = written.take(written.order == 1)
    eyes = np.flatnonzero((settled.kind == ONSET) & (settled.detail == 1))
    assert len(eyes) > 0
    assert all(BOOK.codes[code].startswith("H36") for code in principal.code[eyes])


def test_healthy_members_carry_no_complication(block: Block, settled: Claims, written: Diagnoses) -> None:
    healthy = block.course.before.stages.sum(axis=1)[settled.row] == 0
    routine = np.flatnonzero(healthy & (settled.kind == 1))
    codes = {BOOK.codes[code] for code in written.code[np.isin(written.claim, routine)]}
    assert not any(code.startswith(("E11.2", "E11.3", "E11.4", "E11.5", "H36", "I2", "I5", "I6")) for code in codes)
