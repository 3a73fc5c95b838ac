"""State: where a member's disease stands on 1 January, which alone sets the hazards of the year that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import new_year
from riskkit.data.synthetic.records import BoolArray, FloatArray, IntArray, Records, sigmoid

if TYPE_CHECKING:
    from riskkit.data.synthetic.members import Members

ORGANS = ("nephropathy", "retinopathy", "neuropathy", "cerebrovascular", "cardiovascular", "foot")
NEPHROPATHY, RETINOPATHY, NEUROPATHY, CEREBROVASCULAR, CARDIOVASCULAR, FOOT = range(6)
HIGHEST_STAGE = np.array([2, 2, 1, 2, 2, 2])
COMORBIDITIES = ("hypertension", "copd", "cancer", "liver", "mental")
HYPERTENSION, COPD, CANCER, LIVER, MENTAL = range(5)
CONDITIONS = (*ORGANS, *COMORBIDITIES, "dialysis")
"""What a member may newly get within a year, each with a visit of its own that says so."""

PREVALENCE_LOGIT = np.array([-3.10, -3.30, -3.10, -3.55, -2.90, -3.85])
PREVALENCE_AGE = np.array([0.25, 0.05, 0.20, 0.55, 0.50, 0.35])
PREVALENCE_DURATION = np.array([0.75, 0.90, 0.75, 0.35, 0.35, 0.70])
PREVALENCE_SUGAR = np.array([0.22, 0.25, 0.20, 0.10, 0.10, 0.22])
SECOND_STAGE_SHARE = np.array([0.32, 0.22, 0.0, 0.80, 0.38, 0.30])

COMORBIDITY_LOGIT = np.array([0.10, -2.90, -3.90, -3.40, -2.80])
COMORBIDITY_AGE = np.array([0.55, 0.55, 0.45, 0.05, 0.15])


@dataclass(frozen=True)
class State(Records):
    """A member's disease on 1 January.

    Parameters
    ----------
    age, duration : numpy.ndarray of float
        Years of age, years with diabetes.
    hba1c : numpy.ndarray of float
        True HbA1c, %.
    egfr, log_uacr : numpy.ndarray of float
        True eGFR (mL/min/1.73 m2) and log of the albumin-creatinine ratio (mg/g).
    systolic, ldl, bmi : numpy.ndarray of float
        mmHg, mg/dL, kg/m2.
    stages : numpy.ndarray of shape (n, 6)
        Stage of each complication of `ORGANS`: 0 none, 1, 2; its DCSI points.
    comorbid : numpy.ndarray of bool of shape (n, 5)
        `COMORBIDITIES` present.
    insulin, dialysis, metabolic : numpy.ndarray of bool
        On insulin; on dialysis; a metabolic crisis last year.
    recent_stays : numpy.ndarray of int
        Admissions last year.
    """

    age: FloatArray
    duration: FloatArray
    hba1c: FloatArray
    egfr: FloatArray
    log_uacr: FloatArray
    systolic: FloatArray
    ldl: FloatArray
    bmi: FloatArray
    stages: IntArray
    comorbid: BoolArray
    insulin: BoolArray
    dialysis: BoolArray
    metabolic: BoolArray
    recent_stays: IntArray

    @property
    def dcsi(self) -> IntArray:
        """Points of the Diabetes Complications Severity Index that the state amounts to."""
        return np.asarray(self.stages.sum(axis=1) + 2 * self.metabolic)


def age_on(members: Members, year: IntArray | int) -> FloatArray:
    """Return age in years on 1 January.

    Parameters
    ----------
    members : Members
        The members.
    year : int or numpy.ndarray of int
        Years since 2020.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Years of age.
    """
    return np.asarray((new_year(year) - members.birth_day) / 365.25, dtype="float64")


def usual_log_sugar(members: Members) -> FloatArray:
    """Return the level about which a member's ``log(HbA1c - 5)`` moves.

    Parameters
    ----------
    members : Members
        The members; poor adherence and a weak team mean higher sugar.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Log of percentage points above 5%.
    """
    return 0.80 + members.sugar_level - 0.16 * members.adherence - 0.06 * members.team_quality


SUGAR_PERSISTENCE = 0.75
SUGAR_MOVEMENT_SD = 0.28


def draw_entry_state(members: Members, rng: np.random.Generator) -> State:
    """Draw the state in which each member's course begins, on 1 January of the entry year.

    Parameters
    ----------
    members : Members
        The members.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    State
        One row per member; newcomers have had diabetes for a shorter time.
    """
    count = len(members)
    age = age_on(members, members.entry_year)
    duration = np.where(members.is_newcomer, rng.gamma(1.2, 2.5, count), rng.gamma(1.6, 5.0, count))
    duration = np.minimum(duration + 0.5, age - 18.0)
    spread = SUGAR_MOVEMENT_SD / np.sqrt(1 - SUGAR_PERSISTENCE**2)
    hba1c = np.clip(5.0 + np.exp(usual_log_sugar(members) + rng.normal(0.0, spread, count)), 5.2, 14.0)
    stages = _draw_stages(age, duration, hba1c, members, rng)
    egfr, log_uacr = _draw_kidney(age, stages[:, NEPHROPATHY], rng)
    odds = COMORBIDITY_LOGIT + COMORBIDITY_AGE * ((age - 61.0) / 10.0)[:, None] + 0.4 * members.frailty[:, None]
    comorbid = rng.random((count, len(COMORBIDITIES))) < sigmoid(odds)
    return State(
        age=age,
        duration=duration,
        hba1c=hba1c,
        egfr=egfr,
        log_uacr=log_uacr,
        systolic=np.clip(127.0 + 9.0 * comorbid[:, HYPERTENSION] + rng.normal(0.0, 9.0, count), 95.0, 200.0),
        ldl=np.clip(rng.normal(105.0, 26.0, count), 35.0, 240.0),
        bmi=np.clip(rng.normal(25.2, 3.1, count), 16.0, 45.0),
        stages=stages,
        comorbid=comorbid,
        insulin=rng.random(count) < sigmoid(-2.6 + 0.35 * (hba1c - 7.0) + 0.08 * duration),
        dialysis=(stages[:, NEPHROPATHY] == HIGHEST_STAGE[NEPHROPATHY]) & (egfr < 23.0),
        metabolic=np.zeros(count, dtype="bool"),
        recent_stays=np.zeros(count, dtype="int64"),
    )


def _draw_stages(
    age: FloatArray, duration: FloatArray, hba1c: FloatArray, members: Members, rng: np.random.Generator
) -> IntArray:
    drivers = [(age - 61.0) / 10.0, np.minimum(duration, 30.0) / 10.0 - 0.8, hba1c - 7.3]
    slopes = [PREVALENCE_AGE, PREVALENCE_DURATION, PREVALENCE_SUGAR]
    odds = PREVALENCE_LOGIT + sum(driver[:, None] * slope for driver, slope in zip(drivers, slopes, strict=True))
    odds = odds + 0.05 * members.frailty[:, None]
    present = rng.random(odds.shape) < sigmoid(odds)
    second = rng.random(odds.shape) < SECOND_STAGE_SHARE
    return np.asarray(present.astype("int64") * (1 + second))


def _draw_kidney(age: FloatArray, nephropathy: IntArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Draw eGFR and log albuminuria that fit the stage."""
    count = len(age)
    healthy = np.clip(102.0 - 0.62 * (age - 45.0) + rng.normal(0.0, 8.5, count), 62.0, 135.0)
    failing = np.clip(44.0 - rng.gamma(1.8, 8.0, count), 7.0, 44.0)
    egfr = np.select([nephropathy == 0, nephropathy == 1], [healthy, np.clip(healthy - 14.0, 46.0, 120.0)], failing)
    log_uacr = np.select([nephropathy == 0, nephropathy == 1], [2.3, 4.3], 5.4) + rng.normal(0.0, 0.45, count)
    return egfr, log_uacr
