from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.claims import DIALYSIS, STAY, Claims
from riskkit.data.synthetic.codebook import DIALYSIS_PROCEDURE, MAJOR_AMPUTATION
from riskkit.data.synthetic.hazards import cause_number
from riskkit.data.synthetic.procedures import PROCEDURE_CODES, draw_procedures


def test_every_bill_of_dialysis_names_dialysis(settled: Claims, rng: np.random.Generator) -> None:
    done = draw_procedures(settled, rng)
    dialysis = done.claim[done.code == PROCEDURE_CODES.index(DIALYSIS_PROCEDURE)]
    assert np.array_equal(dialysis, np.flatnonzero(settled.kind == DIALYSIS))


def test_amputations_happen_only_in_stays_for_the_foot(settled: Claims, rng: np.random.Generator) -> None:
    done = draw_procedures(settled, rng)
    major = settled.take(done.claim[done.code == PROCEDURE_CODES.index(MAJOR_AMPUTATION)])
    assert (major.kind == STAY).all()
    assert (major.detail == cause_number("foot")).all()
