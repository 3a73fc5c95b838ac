"""The calibration of an outcome: its map, and for cost its age-sex factors, fitted in turn until both hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from riskkit.errors import PolicyError
from riskkit.risk.balance import AGE, SEX, Balance, fit_balance
from riskkit.risk.calibrator import Calibrator
from riskkit.risk.recalibration import fit_calibrator

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from riskkit.risk.matrix import ModelFrame
    from riskkit.risk.model import OutcomeModel

    FloatArray = npt.NDArray[np.float64]

ROUNDS = 5
"""Turns of map and factors; each leaves a tenth or less of what the last one left."""


def calibrate_outcome(model: OutcomeModel, calibration: ModelFrame, *, num_threads: int = 2) -> OutcomeModel:
    """Calibrate a model's trees anew, on rows that they never saw or on a later year.

    Parameters
    ----------
    model : OutcomeModel
        Trees, with or without a calibrator.
    calibration : ModelFrame
        Rows to calibrate on.
    num_threads : int, default 2
        Threads; the model does not depend on it.

    Returns
    -------
    OutcomeModel
        The same trees with a calibrator, and factors where the specification has a [balance], fitted on their
        uncalibrated predictions. Where the specification has factors, the calibrated amounts of the rows sum to what
        was spent.

    Raises
    ------
    PolicyError
        If the specification asks for age-sex factors and the model has no age or sex.
    """
    calibration = calibration.sort()
    raw = strip(model).predict(calibration.features, num_threads=num_threads)
    return calibrate_crossed(model, calibration, raw)


def calibrate_crossed(model: OutcomeModel, calibration: ModelFrame, raw: FloatArray) -> OutcomeModel:
    """Calibrate a model's trees on what other trees said of rows that these have seen.

    Parameters
    ----------
    model : OutcomeModel
        Trees, such as those grown on every row.
    calibration : ModelFrame
        Rows to calibrate on, sorted.
    raw : numpy.ndarray of shape (n_rows,)
        Uncalibrated predictions of the rows, each by trees of the same settings that did not see its person.

    Returns
    -------
    OutcomeModel
        As from `calibrate_outcome`.

    Raises
    ------
    PolicyError
        As from `calibrate_outcome`.

    Notes
    -----
    The map fits trees that saw fewer rows and may be more or fewer; with as many of them as of the others (the caller
    sees to that) what is left is the difference between models of more and of fewer rows.

    References
    ----------
    .. [1] scikit-learn, CalibratedClassifierCV with ``ensemble=False``: one model, calibrated on predictions of
       cross-validation.
    """
    calibrator, balance = _fit_calibrator(model, raw, calibration, None), None
    if model.spec.balance is not None and model.spec.balance.cells != "none":
        _require_cells(model)
        for _ in range(ROUNDS):
            balance = _fit_factors(model, calibrator.apply(raw), calibration)
            factor = balance.compute_factor(calibration.features)
            again = _fit_calibrator(model, raw, calibration, factor, methods=(calibrator.method,))
            calibrator = replace(again, losses=calibrator.losses)
    rows = {"calibration_rows": len(calibration.observed), "calibration_weight": float(calibration.weight.sum())}
    return replace(model, calibrator=calibrator, balance=balance, metadata={**model.metadata, **rows})


def strip(model: OutcomeModel) -> OutcomeModel:
    """Take the calibration off a model.

    Parameters
    ----------
    model : OutcomeModel
        Any model.

    Returns
    -------
    OutcomeModel
        Its trees alone.
    """
    return replace(model, calibrator=Calibrator(model.spec.prediction_kind, "identity"), balance=None)


def _fit_calibrator(
    model: OutcomeModel,
    raw: FloatArray,
    frame: ModelFrame,
    factor: FloatArray | None,
    *,
    methods: Sequence[str] | None = None,
) -> Calibrator:
    """Fit the map under given factors: they divide what was observed and multiply its weight."""
    settings, kind = model.spec.calibration, model.spec.prediction_kind
    by = np.ones_like(raw) if factor is None else factor
    return fit_calibrator(
        raw,
        frame.observed / by,
        frame.weight * by,
        kind=kind,
        methods=methods or settings.list_candidates(kind),
        groups=frame.groups,
        events_for_isotonic=settings.events_for_isotonic,
    )


def _fit_factors(model: OutcomeModel, calibrated: FloatArray, frame: ModelFrame) -> Balance:
    """Fit the factors under a given map."""
    settings = model.spec.balance
    if settings is None:
        message = f"outcome {model.spec.name!r}: no [balance] block. Add it to the outcome's file."
        raise PolicyError(message)
    rising = model.metadata.get("constraints", {}).get(AGE, 0) > 0
    return fit_balance(frame.features, calibrated, frame.observed, frame.weight, settings=settings, rising=rising)


def _require_cells(model: OutcomeModel) -> None:
    """Refuse factors of what the model does not know."""
    absent = [name for name in (AGE, SEX) if name not in model.feature_names]
    if absent:
        message = (
            f"outcomes/{model.spec.name}.toml [balance] cells: the model has no feature {absent[0]!r}, expected "
            f'{AGE!r} and {SEX!r}. Include them under [features], or set cells = "none".'
        )
        raise PolicyError(message)
