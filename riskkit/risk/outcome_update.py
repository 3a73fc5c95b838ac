"""The yearly update of an outcome: its trees stay, and its map changes as little as a later year asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.risk.line import fit_line, solve_shift
from riskkit.risk.links import to_margin
from riskkit.risk.outcome_calibration import calibrate_outcome
from riskkit.risk.updating import Choice, Update, choose_update

if TYPE_CHECKING:
    from riskkit.risk.matrix import ModelFrame
    from riskkit.risk.model import OutcomeModel


def find_update(model: OutcomeModel, later: ModelFrame) -> Update:
    """Find the smallest update of a model's map that a later year does not reject.

    Parameters
    ----------
    model : OutcomeModel
        The model in use.
    later : ModelFrame
        Rows of a later year.

    Returns
    -------
    Update
        Choice, steps of the closed test, and its power.
    """
    rows = later.take(np.flatnonzero(later.weight > 0)).sort()
    by = _factor(model, rows)
    return choose_update(
        model.predict(rows.features) / by,
        rows.observed / by,
        rows.weight * by,
        pd.factorize(rows.groups)[0],
        kind=model.spec.prediction_kind,
        significance=model.spec.calibration.significance,
    )


def update_outcome(model: OutcomeModel, later: ModelFrame, choice: Choice) -> OutcomeModel:
    """Update a model's map on a later year.

    Parameters
    ----------
    model : OutcomeModel
        The model in use.
    later : ModelFrame
        Rows of a later year.
    choice : {'keep', 'intercept', 'slope', 'refit'}
        From `find_update`. `intercept` shifts the calibrated margins, `slope` stretches them too, `refit` chooses and
        fits the map (and the age-sex factors) from nothing.

    Returns
    -------
    OutcomeModel
        The same trees; but with `keep`, its predictions sum to what was observed.
    """
    if choice == "keep":
        return model
    if choice == "refit":
        return calibrate_outcome(model, later)
    rows, kind = later.sort(), model.spec.prediction_kind
    by = _factor(model, rows)
    margin = to_margin(model.predict(rows.features) / by, kind)
    given = margin, rows.observed / by, rows.weight * by
    line = (solve_shift(*given, kind=kind), 1.0) if choice == "intercept" else fit_line(*given, kind=kind)
    return replace(model, calibrator=model.calibrator.then(*line))


def _factor(model: OutcomeModel, rows: ModelFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Look up the age-sex factors, which an update of the map leaves as they are."""
    return np.ones(len(rows.observed)) if model.balance is None else model.balance.compute_factor(rows.features)
