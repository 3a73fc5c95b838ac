from __future__ import annotations

import numpy as np

from riskkit.data.synthetic.block import Block
from riskkit.data.synthetic.claims import ORIGINAL, REPLACEMENT, REVERSAL, Claims, correct, spread


def test_claims_lie_under_contract(block: Block, settled: Claims) -> None:
    assert block.enrolment.covers(settled.member, settled.day).all()
    assert block.enrolment.covers(settled.member, settled.last_day).all()
    assert (settled.last_day <= block.last_day).all()


def test_claims_are_known_between_their_last_day_and_ninety_days_later(
    settled: Claims, rng: np.random.Generator
) -> None:
    for claims in (settled, correct(settled, rng)):
        lag = claims.settled_day - claims.last_day
        assert lag.min() >= 1
        assert lag.max() <= 90


def test_a_correction_nets_to_what_was_due(settled: Claims, rng: np.random.Generator) -> None:
    claims = correct(settled, rng)
    net = np.bincount(claims.origin, claims.amount, minlength=len(settled))
    assert np.allclose(net, settled.amount, atol=1e-6)
    counts = [int((claims.adjustment == kind).sum()) for kind in (ORIGINAL, REVERSAL, REPLACEMENT)]
    assert counts[0] == len(settled)
    assert counts[1] == counts[2] > 0
    assert (claims.amount[claims.adjustment == REVERSAL] < 0).all()


def test_a_correction_is_known_later_than_the_claim(settled: Claims, rng: np.random.Generator) -> None:
    claims = correct(settled, rng)
    later = claims.adjustment != ORIGINAL
    assert (claims.settled_day[later] > settled.settled_day[claims.origin[later]]).all()


def test_lines_stand_on_originals_and_replacements_but_not_on_reversals(settled: Claims) -> None:
    base = settled.take(np.array([0, 1]))
    adjustment = np.array([ORIGINAL, ORIGINAL, REPLACEMENT, REVERSAL])
    claims = base.take(np.array([0, 1, 1, 1]))
    claims = Claims(**{**claims.__dict__, "origin": np.array([0, 1, 1, 1]), "adjustment": adjustment})
    # Claim 0 has line 0, claim 1 has lines 1 and 2.
    claim, line = spread(np.array([0, 1, 1]), claims)
    assert claim.tolist() == [0, 1, 1, 2, 2]
    assert line.tolist() == [0, 1, 2, 1, 2]


def test_no_claims_have_no_lines(settled: Claims) -> None:
    nothing = np.zeros(0, dtype="int64")
    claim, line = spread(nothing, settled.take(nothing))
    assert claim.tolist() == []
    assert line.tolist() == []
