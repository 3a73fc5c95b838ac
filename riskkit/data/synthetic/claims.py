"""Claims: stays and visits under contract, with their money, their settlement and their corrections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.records import BoolArray, FloatArray, IntArray, Records, rank_within, repeat_rows
from riskkit.data.vocabulary import ADJUSTMENTS

if TYPE_CHECKING:
    from riskkit.data.synthetic.enrolment import Enrolment

KINDS = ("stay", "routine", "acute", "emergency", "hypoglycaemia", "dialysis", "onset")
STAY, ROUTINE, ACUTE, EMERGENCY, HYPOGLYCAEMIA, DIALYSIS, ONSET = range(7)
ORIGINAL, REPLACEMENT, REVERSAL = (ADJUSTMENTS.index(name) for name in ("original", "replacement", "reversal"))
CORRECTED_SHARE = 0.006
OVERSTATEMENT = 1.08
"""What a corrected claim first asked, over what it was due."""
VISIT_LAG_DAYS = (1, 31)
STAY_LAG_DAYS = (3, 46)
CORRECTION_LAG_DAYS = (5, 29)


@dataclass(frozen=True)
class Claims(Records):
    """Claims of a block of members.

    Parameters
    ----------
    member, row : numpy.ndarray of int
        Row of the member and of the member-year.
    kind : numpy.ndarray of int
        Place in `KINDS`.
    detail : numpy.ndarray of int
        Cause of a stay, condition of a first diagnosis, else 0.
    day, last_day, settled_day : numpy.ndarray of int
        First and last day of the service, and when the payer knows of it; days since 1970-01-01.
    level : numpy.ndarray of int
        Level of the facility, 1 to 3.
    amount : numpy.ndarray of float
        Allowed amount, CNY.
    is_readmission, is_terminal : numpy.ndarray of bool
        A stay that follows another; a stay that ends in death.
    adjustment : numpy.ndarray of int
        `ORIGINAL`, `REVERSAL` or `REPLACEMENT`, places in ``schemas.ADJUSTMENTS``.
    origin : numpy.ndarray of int
        Row of the claim before correction.
    """

    member: IntArray
    row: IntArray
    kind: IntArray
    detail: IntArray
    day: IntArray
    last_day: IntArray
    settled_day: IntArray
    level: IntArray
    amount: FloatArray
    is_readmission: BoolArray
    is_terminal: BoolArray
    adjustment: IntArray
    origin: IntArray


def make_claims(kind: int, member: IntArray, row: IntArray, day: IntArray) -> Claims:
    """Return original claims of one day, without money, at level 1.

    Parameters
    ----------
    kind : int
        Place in `KINDS`.
    member, row, day : numpy.ndarray of shape (n,)
        Row of the member, row of the member-year, day of the service.

    Returns
    -------
    Claims
        `n` claims, to be filled in.
    """
    count = len(row)
    return Claims(
        member=member,
        row=row,
        kind=np.full(count, kind),
        detail=np.zeros(count, dtype="int64"),
        day=day,
        last_day=day,
        settled_day=day,
        level=np.ones(count, dtype="int64"),
        amount=np.zeros(count),
        is_readmission=np.zeros(count, dtype="bool"),
        is_terminal=np.zeros(count, dtype="bool"),
        adjustment=np.full(count, ORIGINAL),
        origin=np.arange(count),
    )


def settle(claims: Claims, enrolment: Enrolment, rng: np.random.Generator) -> Claims:
    """Keep the claims under contract and settle them.

    Parameters
    ----------
    claims : Claims
        Claims as the process made them.
    enrolment : Enrolment
        Spans under contract.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Claims
        Sorted by member and day; amounts to the cent.
    """
    kept = claims.take(enrolment.covers(claims.member, claims.day))
    kept = kept.take(np.argsort((kept.member * 100_000 + kept.day) * len(KINDS) + kept.kind, kind="stable"))
    lag = np.where(kept.kind == STAY, rng.integers(*STAY_LAG_DAYS, len(kept)), rng.integers(*VISIT_LAG_DAYS, len(kept)))
    return replace(kept, settled_day=kept.last_day + lag, amount=np.round(kept.amount, 2), origin=np.arange(len(kept)))


def correct(claims: Claims, rng: np.random.Generator) -> Claims:
    """Correct a few claims after their settlement.

    Parameters
    ----------
    claims : Claims
        Settled claims.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Claims
        Sorted by member and day. A correction is three claims: an original that asked too much, its reversal with the
        negative amount, and a replacement with the amount that was due, both available later than the original.
    """
    rows = np.flatnonzero(rng.random(len(claims)) < CORRECTED_SHARE)
    right = claims.take(rows)
    asked = np.round(right.amount * OVERSTATEMENT, 2)
    amount = claims.amount.copy()
    amount[rows] = asked
    later = right.settled_day + rng.integers(*CORRECTION_LAG_DAYS, len(rows))
    reversal = replace(right, amount=-asked, settled_day=later, adjustment=np.full(len(rows), REVERSAL))
    replacement = replace(right, settled_day=later, adjustment=np.full(len(rows), REPLACEMENT))
    joined = Claims.join([replace(claims, amount=amount), reversal, replacement])
    return joined.take(np.argsort(joined.origin * 4 + joined.adjustment, kind="stable"))


def spread(origin: IntArray, claims: Claims) -> tuple[IntArray, IntArray]:
    """Say which lines of the claims before correction stand on which claims after it.

    Parameters
    ----------
    origin : numpy.ndarray of shape (n_lines,)
        Row of each line's claim before correction, ascending.
    claims : Claims
        The claims after correction.

    Returns
    -------
    claim : numpy.ndarray of shape (n,)
        Rows of `claims`, ascending; a reversal has no lines.
    line : numpy.ndarray of shape (n,)
        The line that stands there.
    """
    held = np.bincount(origin, minlength=int(claims.origin.max(initial=-1)) + 1)
    first = np.cumsum(held) - held
    count = np.where(claims.adjustment == REVERSAL, 0, held[claims.origin])
    claim = repeat_rows(count)
    return claim, first[claims.origin[claim]] + rank_within(claim)
