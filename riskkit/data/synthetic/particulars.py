"""Particulars: the setting, urgency, source and discharge that each claim states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskkit.data.synthetic.claims import (
    ACUTE,
    DIALYSIS,
    EMERGENCY,
    HYPOGLYCAEMIA,
    ONSET,
    ROUTINE,
    STAY,
    Claims,
)
from riskkit.data.synthetic.codebook import CAUSE_SPECIALTIES
from riskkit.data.synthetic.records import IntArray, Records, draw_rows

SETTINGS = ("inpatient", "outpatient", "emergency", "chronic_clinic")
INPATIENT, OUTPATIENT, AT_EMERGENCY, CHRONIC_CLINIC = range(4)
CHRONIC_CLINIC_SHARE = 0.6
URGENCIES = ("elective", "urgent", "emergency", None)
ELECTIVE_SHARES = np.array([0.5, 0.0, 0.0, 0.2, 0.7, 0.5, 0.2, 0.0, 0.15, 0.0, 0.1, 0.7, 0.5, 0.2])
"""Share of planned stays, by cause in the order of ``hazards.CAUSES``; a readmission is never planned."""
SOURCES = ("referral", "emergency_room", None)
DISCHARGES = ("home", "transfer", "against_advice", "rehabilitation", "died", None)
DISCHARGE_SHARES = (0.92, 0.03, 0.035, 0.015)
VISIT_SPECIALTIES = ("general_practice", "internal_medicine", "emergency_medicine", "nephrology", "endocrinology")
SPECIALTIES = (*CAUSE_SPECIALTIES, *VISIT_SPECIALTIES)
SPECIALTY_OF_KIND = {ROUTINE: 0, ACUTE: 1, EMERGENCY: 2, HYPOGLYCAEMIA: 2, DIALYSIS: 3, ONSET: 4}


@dataclass(frozen=True)
class Particulars(Records):
    """What claims state beside their dates, codes and money; places in the tuples of this module.

    Parameters
    ----------
    setting, urgency, source, discharge, specialty : numpy.ndarray of int
        Places in `SETTINGS`, `URGENCIES`, `SOURCES`, `DISCHARGES` and `SPECIALTIES`.
    """

    setting: IntArray
    urgency: IntArray
    source: IntArray
    discharge: IntArray
    specialty: IntArray


def draw_particulars(claims: Claims, death_day: IntArray, rng: np.random.Generator) -> Particulars:
    """Draw what the claims state.

    Parameters
    ----------
    claims : Claims
        Claims before correction, sorted by member and day.
    death_day : numpy.ndarray of shape (n_claims,)
        Day of death of each claim's member.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Particulars
        One row per claim; a stay that reaches the day of death ends in death.
    """
    is_stay = claims.kind == STAY
    planned = rng.random(len(claims)) < ELECTIVE_SHARES[np.where(is_stay, claims.detail, 0)]
    planned &= ~claims.is_readmission & ~claims.is_terminal
    urgent = 1 + (rng.random(len(claims)) < 0.5)
    urgency = np.where(planned, 0, urgent)
    discharge = draw_rows(np.tile(DISCHARGE_SHARES, (len(claims), 1)), rng)
    discharge = np.where(is_stay & (claims.last_day >= death_day), DISCHARGES.index("died"), discharge)
    return Particulars(
        setting=_settings(claims, rng),
        urgency=np.where(is_stay, urgency, len(URGENCIES) - 1),
        source=np.where(is_stay, (urgency == URGENCIES.index("emergency")).astype("int64"), len(SOURCES) - 1),
        discharge=np.where(is_stay, discharge, len(DISCHARGES) - 1),
        specialty=_specialties(claims),
    )


def _settings(claims: Claims, rng: np.random.Generator) -> IntArray:
    in_clinic = (claims.kind == ROUTINE) & (rng.random(len(claims)) < CHRONIC_CLINIC_SHARE)
    in_emergency = (claims.kind == EMERGENCY) | (claims.kind == HYPOGLYCAEMIA)
    cases = [claims.kind == STAY, in_emergency, in_clinic]
    return np.select(cases, [INPATIENT, AT_EMERGENCY, CHRONIC_CLINIC], OUTPATIENT)


def _specialties(claims: Claims) -> IntArray:
    specialty = claims.detail.copy()
    for kind, place in SPECIALTY_OF_KIND.items():
        specialty[claims.kind == kind] = len(CAUSE_SPECIALTIES) + place
    return specialty
