"""Labs: measured values, taken when members come to be screened, between one 1 January's truth and the next one's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.calendar import day_of
from riskkit.data.synthetic.records import FloatArray, IntArray, Records, repeat_rows, sigmoid

if TYPE_CHECKING:
    from riskkit.data.synthetic.block import Block
    from riskkit.data.synthetic.members import Members
    from riskkit.data.synthetic.records import BoolArray
    from riskkit.data.synthetic.state import State

ANALYTES = ("hba1c", "glucose", "creatinine", "uacr", "ldl", "systolic_bp", "bmi")
UNITS = ("%", "mg/dL", "mg/dL", "mg/g", "mg/dL", "mmHg", "kg/m2")
OFFERED = (2, 3, 2, 1, 1, 4, 2)
"""Measurements offered per year: HbA1c every half-year, UACR yearly, pressure at each of four follow-ups (S0)."""
TAKEN = (1.0, 0.9, 0.7, 0.75, 0.8, 0.95, 0.8)
"""Share of the offered measurements that a screened member really gets."""
NOISE = (0.18, 26.0, 0.03, 0.20, 9.0, 7.0, 0.25)
"""Error of one measurement: in units, or on the log scale for creatinine and UACR."""
DECIMALS = (1, 0, 2, 1, 0, 0, 1)
BOUNDS = ((4.0, 16.0), (50.0, 480.0), (0.3, 12.0), (1.0, 6_000.0), (25.0, 300.0), (80.0, 230.0), (14.0, 50.0))
LAG_DAYS = (0, 8)


@dataclass(frozen=True)
class Results(Records):
    """Laboratory results and vital signs.

    Parameters
    ----------
    member : numpy.ndarray of int
        Row of the member.
    analyte : numpy.ndarray of int
        Place in `ANALYTES`.
    day, settled_day : numpy.ndarray of int
        Day of the measurement, and when it is known.
    value : numpy.ndarray of float
        In the analyte's unit.
    """

    member: IntArray
    analyte: IntArray
    day: IntArray
    settled_day: IntArray
    value: FloatArray


def screening_chance(members: Members) -> FloatArray:
    """Return the chance that a member takes up an offered check.

    Parameters
    ----------
    members : Members
        The members.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Chances; adherent members of good teams are checked more.
    """
    return sigmoid(1.0 + 0.9 * members.adherence + 0.45 * members.team_quality)


def compute_creatinine(egfr: FloatArray, age: FloatArray, female: BoolArray) -> FloatArray:
    """Return the serum creatinine at which CKD-EPI 2021 gives an eGFR.

    Parameters
    ----------
    egfr : numpy.ndarray of shape (n,)
        mL/min/1.73 m2.
    age : numpy.ndarray of shape (n,)
        Years.
    female : numpy.ndarray of bool of shape (n,)
        True for women.

    Returns
    -------
    numpy.ndarray of shape (n,)
        mg/dL.

    References
    ----------
    .. [1] Inker et al., New creatinine- and cystatin C-based equations to estimate GFR without race, N Engl J Med 385
       (2021).

    Examples
    --------
    A man of 60 with 86.2 has 1.0 mg/dL:

    >>> round(float(compute_creatinine(np.array([86.2]), np.array([60.0]), np.array([False]))[0]), 2)
    1.0
    """
    kappa, alpha = np.where(female, 0.7, 0.9), np.where(female, -0.241, -0.302)
    ratio = egfr / (142.0 * 0.9938**age * np.where(female, 1.012, 1.0))
    power = np.where(ratio <= 1.0, -1.0 / 1.2, 1.0 / alpha)
    return np.asarray(kappa * ratio**power, dtype="float64")


def draw_results(block: Block, rng: np.random.Generator) -> Results:
    """Draw the measurements under contract.

    Parameters
    ----------
    block : Block
        The members and their course.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    Results
        Sorted by member and day.
    """
    years = block.course.member_years
    people = block.members.take(years.member)
    chance = screening_chance(people)
    before, after = _true_values(people, block.course.before), _true_values(people, block.course.after)
    parts = []
    for analyte, name in enumerate(ANALYTES):
        row = repeat_rows(rng.binomial(OFFERED[analyte], TAKEN[analyte] * chance))
        time = rng.random(len(row))
        truth = before[name][row] * (1.0 - time) + after[name][row] * time
        day = day_of(years.year[row], time)
        known = day + rng.integers(*LAG_DAYS, len(row))
        value = _measure(analyte, truth, rng)
        parts.append(Results(years.member[row], np.full(len(row), analyte), day, known, value))
    results = Results.join(parts)
    kept = results.take(block.enrolment.covers(results.member, results.day))
    return kept.take(np.argsort(kept.member * 100_000 + kept.day, kind="stable"))


def _true_values(people: Members, state: State) -> dict[str, FloatArray]:
    """Return what each analyte would show without error; creatinine and UACR as logs."""
    return {
        "hba1c": state.hba1c,
        "glucose": 28.7 * state.hba1c - 46.7,
        "creatinine": np.log(compute_creatinine(state.egfr, state.age, people.female)),
        "uacr": state.log_uacr,
        "ldl": state.ldl,
        "systolic_bp": state.systolic,
        "bmi": state.bmi,
    }


def _measure(analyte: int, truth: FloatArray, rng: np.random.Generator) -> FloatArray:
    noisy = truth + rng.normal(0.0, NOISE[analyte], len(truth))
    value = np.exp(noisy) if ANALYTES[analyte] in {"creatinine", "uacr"} else noisy
    return np.round(np.clip(value, *BOUNDS[analyte]), DECIMALS[analyte])
