"""Procedures: what was done in stays and dialysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.claims import DIALYSIS, STAY, Claims
from riskkit.data.synthetic.codebook import CAUSE_PROCEDURES, DIALYSIS_PROCEDURE, MAJOR_AMPUTATION
from riskkit.data.synthetic.hazards import cause_number
from riskkit.data.synthetic.records import IntArray, Records

if TYPE_CHECKING:
    from riskkit.data.synthetic.records import BoolArray

PROCEDURE_CODES = (*(code for code, _ in CAUSE_PROCEDURES.values()), DIALYSIS_PROCEDURE, MAJOR_AMPUTATION)
MAJOR_SHARE = 0.06
"""Share of stays for the foot with an amputation above the toes."""


@dataclass(frozen=True)
class Procedures(Records):
    """Procedures on claims, one at most.

    Parameters
    ----------
    claim : numpy.ndarray of int
        Row of the claim.
    code : numpy.ndarray of int
        Place in `PROCEDURE_CODES`.
    """

    claim: IntArray
    code: IntArray


def draw_procedures(claims: Claims, rng: np.random.Generator) -> Procedures:
    """Draw the procedures of stays, and one for each bill of dialysis.

    Parameters
    ----------
    claims : Claims
        Claims before correction.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Procedures
        Sorted by claim.
    """
    parts = []
    for place, (cause, (_, share)) in enumerate(CAUSE_PROCEDURES.items()):
        of_cause = (claims.kind == STAY) & (claims.detail == cause_number(cause))
        parts.append(_write(of_cause & (rng.random(len(claims)) < share), place))
    parts.append(_write(claims.kind == DIALYSIS, PROCEDURE_CODES.index(DIALYSIS_PROCEDURE)))
    drawn = Procedures.join(parts)
    is_toe = drawn.code == list(CAUSE_PROCEDURES).index("foot")
    major = is_toe & (rng.random(len(drawn)) < MAJOR_SHARE / CAUSE_PROCEDURES["foot"][1])
    code = np.where(major, PROCEDURE_CODES.index(MAJOR_AMPUTATION), drawn.code)
    return Procedures(drawn.claim, code).take(np.argsort(drawn.claim, kind="stable"))


def _write(done: BoolArray, place: int) -> Procedures:
    claim = np.flatnonzero(done)
    return Procedures(claim, np.full(len(claim), place))
