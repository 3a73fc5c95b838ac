"""Claim tables: medical_claim, diagnosis and procedure of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from riskkit.data.synthetic.claims import STAY, Claims, correct, settle, spread
from riskkit.data.synthetic.codebook import BOOK, CAUSE_GROUPS
from riskkit.data.synthetic.columns import as_days, as_labels, build_table, record_ids
from riskkit.data.synthetic.diagnoses import draw_diagnoses
from riskkit.data.synthetic.membership_tables import facility_ids, person_ids
from riskkit.data.synthetic.particulars import DISCHARGES, SETTINGS, SOURCES, SPECIALTIES, URGENCIES, draw_particulars
from riskkit.data.synthetic.prices import FUND_SHARES, split_amounts
from riskkit.data.synthetic.procedures import PROCEDURE_CODES, draw_procedures
from riskkit.data.synthetic.stays import draw_stays
from riskkit.data.synthetic.visits import draw_visits
from riskkit.data.vocabulary import ADJUSTMENTS

if TYPE_CHECKING:
    from riskkit.data.synthetic.block import Block
    from riskkit.data.synthetic.particulars import Particulars
    from riskkit.data.synthetic.records import IntArray

HOSPITALS_FROM = 900_000
HOSPITALS_PER_LEVEL = 20


def claim_tables(block: Block, rng: np.random.Generator) -> dict[str, pa.Table]:
    """Draw the claims of a block and write them down.

    Parameters
    ----------
    block : Block
        The members and their course.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to pyarrow.Table
        Canonical tables `medical_claim`, `diagnosis` and `procedure`.
    """
    settled = settle(Claims.join([draw_stays(block, rng), draw_visits(block, rng)]), block.enrolment, rng)
    particulars = draw_particulars(settled, block.enrolment.death_day[settled.member], rng)
    diagnoses, procedures = draw_diagnoses(block, settled, rng), draw_procedures(settled, rng)
    claims = correct(settled, rng)
    names = {"person_id": person_ids(block, claims.member), "claim_id": record_ids("C", block.number, len(claims))}
    stated = particulars.take(claims.origin)
    on_claim, diagnosis = spread(diagnoses.claim, claims)
    done_on, procedure = spread(procedures.claim, claims)
    coded = {
        **_lines(claims, names["person_id"], on_claim),
        "record_id": names["claim_id"].take(pa.array(on_claim)),
        "position": diagnoses.order[diagnosis],
        "code": as_labels(BOOK.codes, diagnoses.code[diagnosis]),
        "vocabulary": as_labels(("who_cn",), np.zeros_like(on_claim)),
        "source": as_labels(SETTINGS, stated.setting[on_claim]),
    }
    done = {
        **_lines(claims, names["person_id"], done_on),
        "claim_id": names["claim_id"].take(pa.array(done_on)),
        "position": np.ones_like(done_on),
        "code": as_labels(PROCEDURE_CODES, procedures.code[procedure]),
        "vocabulary": as_labels(("icd9cm",), np.zeros_like(done_on)),
    }
    return {
        "medical_claim": build_table("medical_claim", {**names, **_medical_claims(block, claims, stated)}),
        "diagnosis": build_table("diagnosis", coded),
        "procedure": build_table("procedure", done),
    }


def _lines(claims: Claims, people: pa.Array, on_claim: IntArray) -> dict[str, pa.Array]:
    """Return what each line of a claim takes from it."""
    return {
        "person_id": people.take(pa.array(on_claim)),
        "date": as_days(claims.day[on_claim]),
        "available_date": as_days(claims.settled_day[on_claim]),
    }


def _medical_claims(block: Block, claims: Claims, stated: Particulars) -> dict[str, pa.Array]:
    is_stay = claims.kind == STAY
    fund_share = FUND_SHARES[block.members.employee[claims.member].astype("int64"), is_stay.astype("int64")]
    paid, own = split_amounts(claims.amount, fund_share)
    return {
        "setting": as_labels(SETTINGS, stated.setting),
        "start_date": as_days(claims.day),
        "end_date": as_days(claims.last_day),
        "available_date": as_days(claims.settled_day),
        "facility_id": facility_ids(_facilities(block, claims)),
        "facility_level": claims.level,
        "specialty": as_labels(SPECIALTIES, stated.specialty),
        "admission_type": as_labels(URGENCIES, stated.urgency),
        "admission_source": as_labels(SOURCES, stated.source),
        "allowed_amount": claims.amount,
        "paid_amount": paid,
        "member_amount": own,
        "discharge_status": as_labels(DISCHARGES, stated.discharge),
        "drg_code": as_labels((*CAUSE_GROUPS, None), np.where(is_stay, claims.detail, len(CAUSE_GROUPS))),
        "adjustment": as_labels(ADJUSTMENTS, claims.adjustment),
    }


def _facilities(block: Block, claims: Claims) -> IntArray:
    """Return the member's own institution for level 1, else one of the region's hospitals of that level."""
    home = block.members.institution[claims.member]
    place = block.members.region[claims.member] * 4 + claims.level
    hospital = HOSPITALS_FROM + place * HOSPITALS_PER_LEVEL + home % HOSPITALS_PER_LEVEL
    return np.where(claims.level == 1, home, hospital)
