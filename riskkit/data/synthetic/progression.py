"""Progression: how sugar, kidney, pressure and the rest of a state move from one 1 January to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskkit.data.synthetic.onset import insulin_chance
from riskkit.data.synthetic.state import (
    HYPERTENSION,
    NEPHROPATHY,
    SUGAR_MOVEMENT_SD,
    SUGAR_PERSISTENCE,
    State,
    age_on,
    usual_log_sugar,
)

if TYPE_CHECKING:
    from riskkit.data.synthetic.members import Members
    from riskkit.data.synthetic.records import FloatArray

KIDNEY_LOSS = np.array([0.9, 2.2, 3.2])
"""Loss of eGFR per year by stage of nephropathy, mL/min/1.73 m2."""
UACR_LEVEL = np.array([2.3, 4.4, 5.5])


def advance(members: Members, state: State, year: int, rng: np.random.Generator) -> State:
    """Move what changes by degrees on by a year.

    Parameters
    ----------
    members : Members
        The members, aligned with `state`.
    state : State
        State on 1 January of `year`, with the conditions diagnosed since.
    year : int
        Years since 2020.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    State
        State on the next 1 January; last year's admissions are left to the caller.
    """
    count = len(state)
    egfr, log_uacr = _move_kidney(state, rng)
    pressure_goal = 127.0 + 9.0 * state.comorbid[:, HYPERTENSION] - 1.5 * members.adherence
    return replace(
        state,
        age=age_on(members, year + 1),
        duration=state.duration + 1.0,
        hba1c=_move_sugar(members, state.hba1c, rng),
        egfr=egfr,
        log_uacr=log_uacr,
        systolic=np.clip(_revert(state.systolic, pressure_goal, 0.65, 7.0, rng), 95.0, 200.0),
        ldl=np.clip(_revert(state.ldl, np.full(count, 102.0), 0.75, 16.0, rng), 35.0, 240.0),
        bmi=np.clip(state.bmi + rng.normal(-0.05, 0.5, count), 15.0, 45.0),
        insulin=state.insulin | (rng.random(count) < insulin_chance(state)),
    )


def _move_sugar(members: Members, hba1c: FloatArray, rng: np.random.Generator) -> FloatArray:
    log_sugar = np.log(np.maximum(hba1c - 5.0, 0.1))
    moved = _revert(log_sugar, usual_log_sugar(members), SUGAR_PERSISTENCE, SUGAR_MOVEMENT_SD, rng)
    return np.clip(5.0 + np.exp(moved), 5.2, 14.0)


def _move_kidney(state: State, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    nephropathy = state.stages[:, NEPHROPATHY]
    # A new diagnosis of stage 2 means that eGFR has fallen below 45; no other step jumps.
    loss = KIDNEY_LOSS[nephropathy] + rng.normal(0.0, 1.5, len(state))
    egfr = np.clip(state.egfr - loss, 5.0, 140.0)
    egfr = np.where(nephropathy == 2, np.minimum(egfr, 44.0), np.maximum(egfr, np.where(nephropathy == 1, 46.0, 61.0)))
    goal = UACR_LEVEL[nephropathy]
    return egfr, _revert(state.log_uacr, goal, 0.6, 0.36, rng)


def _revert(
    value: FloatArray, goal: FloatArray, persistence: float, spread: float, rng: np.random.Generator
) -> FloatArray:
    return np.asarray(goal + persistence * (value - goal) + rng.normal(0.0, spread, len(value)))
