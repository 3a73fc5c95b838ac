"""Onset: the yearly rates at which complications, crises, dialysis and insulin begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.state import COMORBIDITY_AGE, HIGHEST_STAGE, NEPHROPATHY

if TYPE_CHECKING:
    from riskkit.data.synthetic.members import Members
    from riskkit.data.synthetic.records import FloatArray
    from riskkit.data.synthetic.state import State

ONSET_LEVEL = np.log(np.array([0.0054, 0.0045, 0.0048, 0.0014, 0.0033, 0.0023]))
ONSET_AGE = np.array([0.25, 0.05, 0.20, 0.40, 0.35, 0.30])
ONSET_SUGAR = np.array([0.28, 0.34, 0.26, 0.14, 0.14, 0.28])
ONSET_DURATION = np.array([0.35, 0.50, 0.40, 0.15, 0.15, 0.35])
ONSET_PRESSURE = np.array([0.014, 0.008, 0.0, 0.014, 0.010, 0.004])
ONSET_SCREENING = np.array([0.08, 0.10, 0.06, 0.0, 0.0, 0.0])
"""Log rate ratio per standard deviation of team quality: teams that screen find more."""
PROGRESSION_LEVEL = np.log(np.array([0.030, 0.030, 0.0001, 0.035, 0.020, 0.035]))


COMORBIDITY_RATE = np.array([0.040, 0.0035, 0.0045, 0.0015, 0.0035])
"""Yearly rate at age 61 at which each of ``state.COMORBIDITIES`` begins."""


def onset_rates(members: Members, state: State) -> FloatArray:
    """Return the yearly rates at which each of ``state.CONDITIONS`` is newly diagnosed outside hospital.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        Their state on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n, 12)
        Rates; 0 where the condition is present and cannot get worse.
    """
    comorbid = COMORBIDITY_RATE * np.exp(COMORBIDITY_AGE * ((state.age - 61.0) / 10.0)[:, None]) * ~state.comorbid
    return np.column_stack([complication_rates(members, state), comorbid, dialysis_rate(state)])


def complication_rates(members: Members, state: State) -> FloatArray:
    """Return the yearly rates at which each complication is newly diagnosed, or moves up a stage, outside hospital.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        Their state on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n, 6)
        Rates by organ; 0 at the highest stage.
    """
    drivers = [(state.age - 61.0) / 10.0, state.hba1c - 7.3, np.minimum(state.duration, 25.0) / 10.0 - 0.8]
    effects = [ONSET_AGE, ONSET_SUGAR, ONSET_DURATION]
    shared = sum(driver[:, None] * effect for driver, effect in zip(drivers, effects, strict=True))
    shared = shared + (state.systolic - 130.0)[:, None] * ONSET_PRESSURE
    shared = shared + members.team_quality[:, None] * ONSET_SCREENING + 0.10 * members.frailty[:, None]
    albumin = np.zeros_like(shared)
    albumin[:, NEPHROPATHY] = 0.55 * (state.log_uacr - 2.3) * (state.stages[:, NEPHROPATHY] == 0)
    first = np.exp(ONSET_LEVEL + shared + albumin)
    second = np.exp(PROGRESSION_LEVEL + 0.6 * shared)
    rates = np.where(state.stages == 0, first, second)
    return np.asarray(np.minimum(rates, 0.6) * (state.stages < HIGHEST_STAGE))


def hypoglycaemia_rate(state: State) -> FloatArray:
    """Return the yearly rate of emergency visits for severe hypoglycaemia.

    Parameters
    ----------
    state : State
        State on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Visits per year.
    """
    predictor = np.log(0.007) + 1.1 * state.insulin + 0.25 * (state.age - 61.0) / 10.0 + 0.10 * state.dcsi
    return np.asarray(np.exp(predictor), dtype="float64")


def dialysis_rate(state: State) -> FloatArray:
    """Return the yearly rate at which dialysis begins.

    Parameters
    ----------
    state : State
        State on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Starts per year; 0 outside stage 2 of nephropathy.
    """
    at_risk = (state.stages[:, NEPHROPATHY] == HIGHEST_STAGE[NEPHROPATHY]) & ~state.dialysis
    return np.asarray(at_risk * np.minimum(0.016 * np.exp(0.12 * (36.0 - state.egfr)), 0.8), dtype="float64")


def insulin_chance(state: State) -> FloatArray:
    """Return the chance that a member without insulin starts it this year.

    Parameters
    ----------
    state : State
        State on 1 January.

    Returns
    -------
    numpy.ndarray of shape (n,)
        Chances.
    """
    return np.asarray(np.minimum(0.02 * np.exp(0.45 * (state.hba1c - 7.0)), 0.4), dtype="float64")
