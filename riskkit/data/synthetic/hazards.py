"""Hazards: the yearly rates of admission, onset and death that follow from a member's state on 1 January."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.state import (
    CANCER,
    CARDIOVASCULAR,
    CEREBROVASCULAR,
    COPD,
    FOOT,
    NEPHROPATHY,
    NEUROPATHY,
    RETINOPATHY,
)

if TYPE_CHECKING:
    from riskkit.data.synthetic.members import Members
    from riskkit.data.synthetic.records import FloatArray
    from riskkit.data.synthetic.state import State

ADMISSION_LEVEL = np.log(0.0440)
HIGHEST_RATE = 1.8
"""First stays per year that the frailest approach."""
COMORBIDITY_EFFECTS = np.array([0.20, 0.90, 0.95, 0.90, 0.85])
"""Log rate ratios of admission for hypertension, COPD, cancer, liver disease and mental illness."""
DEATH_IN_HOSPITAL = 0.5
"""Share of deaths that end an inpatient stay."""

CAUSES = (
    "diabetes_control",
    "metabolic_crisis",
    "hypoglycaemia",
    "kidney",
    "eye",
    "nerve",
    "foot",
    "stroke",
    "cardiac",
    "respiratory",
    "digestive",
    "cancer",
    "musculoskeletal",
    "other",
)


def cause_number(name: str) -> int:
    """Return the place of a cause of admission in `CAUSES`.

    Parameters
    ----------
    name : str
        A cause.

    Returns
    -------
    int
        Its place.
    """
    return CAUSES.index(name)


def admission_rate(members: Members, state: State) -> FloatArray:
    """Return the yearly rate of first stays, log-additive in the state save that it levels off at `HIGHEST_RATE`.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        Their state on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Admissions per year.

    Notes
    -----
    The chance of an admission in a fully enrolled year without deaths is ``1 - exp(-rate)``.

    References
    ----------
    .. [1] AJMC 2019;25(2):e45: admission rate ratios 1.22 to 2.72 by DCSI score.
    """
    predictor = (
        ADMISSION_LEVEL
        + 0.040 * (state.age - 61.0)
        + 0.10 * np.sqrt(state.dcsi)
        + 0.02 * state.dcsi
        + 0.18 * (state.hba1c - 7.0)
        + 0.002 * np.maximum(85.0 - state.egfr, 0.0)
        + 0.45 * np.minimum(state.recent_stays, 2)
        + 0.009 * (state.systolic - 130.0)
        + 0.08 * state.insulin
        + state.comorbid @ COMORBIDITY_EFFECTS
        + 1.35 * members.frailty
        - 0.10 * members.adherence
        - 0.05 * members.team_quality
    )
    proportional = np.exp(predictor)
    return np.asarray(proportional / (1.0 + proportional / HIGHEST_RATE), dtype="float64")


def readmission_chance(state: State) -> FloatArray:
    """Return the chance that a stay is followed by one more for the same cause within 30 days and in the same year.

    Parameters
    ----------
    state : State
        State on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Chances.
    """
    raw = 0.05 + 0.010 * state.dcsi + 0.03 * np.minimum(state.recent_stays, 3) + 0.05 * state.comorbid[:, CANCER]
    return np.asarray(np.minimum(raw, 0.30), dtype="float64")


def death_rate(members: Members, state: State) -> FloatArray:
    """Return the yearly rate of death.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        Their state on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Deaths per year.
    """
    predictor = (
        np.log(0.0075)
        + 0.085 * (state.age - 61.0)
        + 0.14 * np.minimum(state.dcsi, 7)
        + 1.2 * state.comorbid[:, CANCER]
        + 0.5 * state.comorbid[:, COPD]
        + 0.25 * np.minimum(state.recent_stays, 3)
        + 0.5 * members.frailty
        - 0.15 * members.female
    )
    return np.asarray(np.minimum(np.exp(predictor), 0.8), dtype="float64")


def cause_shares(state: State) -> FloatArray:
    """Return how a year's admissions divide among `CAUSES`.

    Parameters
    ----------
    state : State
        State on 1 January; an organ without a complication sends nobody to hospital.

    Returns
    -------
    numpy.ndarray of shape (n, n_causes)
        Shares, each row summing to 1.
    """
    sugar = state.hba1c - 7.0
    age = (state.age - 61.0) / 10.0
    stage = state.stages
    ones = np.ones(len(state))
    weights = [
        0.95 * np.exp(0.22 * sugar),
        0.10 * np.exp(0.40 * sugar - 0.25 * age),
        0.07 * np.exp(0.9 * state.insulin + 0.25 * age),
        np.take([0.0, 0.9, 2.6], stage[:, NEPHROPATHY]),
        np.take([0.0, 0.9, 1.6], stage[:, RETINOPATHY]),
        1.1 * (stage[:, NEUROPATHY] > 0),
        np.take([0.0, 1.2, 2.6], stage[:, FOOT]),
        0.20
        * np.exp(0.35 * age + 0.08 * sugar + 0.01 * (state.systolic - 130.0))
        * (1 + 4.0 * (stage[:, CEREBROVASCULAR] > 0)),
        0.34 * np.exp(0.30 * age + 0.06 * sugar) * (1 + 4.5 * (stage[:, CARDIOVASCULAR] > 0)),
        0.65 * np.exp(0.30 * age) * (1 + 3.0 * state.comorbid[:, COPD]),
        0.80 * ones,
        np.where(state.comorbid[:, CANCER], 3.0, 0.04),
        0.55 * np.exp(0.20 * age),
        0.80 * ones,
    ]
    table = np.stack([np.asarray(weight, dtype="float64") for weight in weights], axis=1)
    return np.asarray(table / table.sum(axis=1, keepdims=True))
