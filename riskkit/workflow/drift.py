"""Drift: the kept models applied to a later year, judged, and recalibrated on half of its persons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from riskkit.evaluation.drift import compute_feature_drift
from riskkit.evaluation.input_drift import compute_input_drift
from riskkit.evaluation.metrics import compute_metrics
from riskkit.evaluation.outcome_drift import compute_outcome_drift
from riskkit.risk.matrix import ModelFrame, assign_folds
from riskkit.risk.model import OutcomeModel, calibrate_outcome
from riskkit.workflow.members import label_members
from riskkit.workflow.summary import metrics_to_dict

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.data.io import Tables
    from riskkit.workflow.members import Members
    from riskkit.workflow.scheme import DriftBlock, RunBlock

SHOWN_FEATURES = 10


@dataclass(frozen=True)
class DriftFinding:
    """What a later year said about one model.

    Parameters
    ----------
    model : OutcomeModel
        The model to go on with: as it was, or recalibrated.
    report : dict
        Verdict, message, metrics before and after, as plain values.
    """

    model: OutcomeModel
    report: dict[str, Any]


def check_drift(
    model: OutcomeModel, later: Members, tables: Tables, *, block: DriftBlock, run: RunBlock
) -> DriftFinding:
    """Apply a model to a later year, judge it, and recalibrate it if a change of scale mends it.

    Parameters
    ----------
    model : OutcomeModel
        The kept model.
    later : Members
        Members at the later index date.
    tables : Tables
        Canonical tables that reach over its outcome window.
    block : DriftBlock
        Limits.
    run : RunBlock
        Seed and bootstrap.

    Returns
    -------
    DriftFinding
        Verdict ``"stable"``, ``"recalibrate"`` or ``"refuse"``. The metrics after recalibration are those of the half
        of the persons that the calibrator has not seen.
    """
    labels = label_members(later.cohort, tables, model.spec)
    counted = np.flatnonzero(labels["weight"].to_numpy() > 0)
    frame = ModelFrame(
        later.features.take(counted).reset_index(drop=True),
        labels["observed"].to_numpy()[counted],
        labels["weight"].to_numpy()[counted],
    )
    before = model.predict(frame.features)
    found = compute_outcome_drift(
        frame.observed,
        before,
        frame.weight,
        frame.groups,
        limits=block.limits,
        n_bootstrap=run.n_bootstrap,
        seed=run.seed,
    )
    report: dict[str, Any] = {**_without_nan(found.to_dict()), "members": len(counted)}
    report["before"] = _measure(model, frame, run)
    if found.verdict != "recalibrate":
        return DriftFinding(model, {**report, "after": None, "message": _say(model, report, None)})
    half = assign_folds(frame.groups, n_folds=2, seed=run.seed)
    renewed = calibrate_outcome(model, frame.take(np.flatnonzero(half == 0)))
    report["after"] = _measure(renewed, frame.take(np.flatnonzero(half == 1)), run)
    return DriftFinding(renewed, {**report, "message": _say(model, report, report["after"])})


def judge_inputs(model: OutcomeModel, known: Members, later: Members, block: DriftBlock) -> dict[str, Any]:
    """Judge a later year before any of its outcomes is known.

    Parameters
    ----------
    model : OutcomeModel
        The kept model.
    known : Members
        Members that the model was made and tested on; their last index date is the reference.
    later : Members
        Members at the later index date.
    block : DriftBlock
        Limits; the stable band holds for the ratio of mean predictions too.

    Returns
    -------
    dict
        `verdict`, figures, the features that `moved` and the `reason`.
    """
    last = known.at(known.cohort["index_date"] == known.cohort["index_date"].max())
    importance: dict[str, float] = {}
    for booster in model.boosters:
        gains = booster.feature_importance("gain")
        for name, gain in zip(booster.feature_name(), gains, strict=True):
            importance[name] = importance.get(name, 0.0) + float(gain) / (float(gains.sum()) or 1.0)
    found = compute_input_drift(
        last.features,
        later.features,
        model.predict(last.features),
        model.predict(later.features),
        importance=importance,
        stable=block.stable,
    )
    return found.to_dict()


def find_feature_drift(reference: pd.DataFrame, current: pd.DataFrame) -> list[dict[str, Any]]:
    """List the features whose distribution moved most, which needs no outcome.

    Parameters
    ----------
    reference, current : pandas.DataFrame
        Features frames of the training year and of the later one.

    Returns
    -------
    list of dict
        `feature`, `psi`, `verdict` of the ten that moved most.
    """
    table = compute_feature_drift(reference, current).sort_values(["psi", "feature"], ascending=[False, True])
    return [{str(name): value for name, value in row.items()} for row in table.head(SHOWN_FEATURES).to_dict("records")]


def _without_nan(figures: dict[str, float | str]) -> dict[str, float | str | None]:
    """Turn a figure that is not defined into None, as JSON has no NaN."""
    undefined = {name for name, value in figures.items() if isinstance(value, float) and math.isnan(value)}
    return {name: None if name in undefined else value for name, value in figures.items()}


def _measure(model: OutcomeModel, frame: ModelFrame, run: RunBlock) -> dict[str, dict[str, float | None]]:
    return metrics_to_dict(
        compute_metrics(
            frame.observed,
            model.predict(frame.features),
            frame.weight,
            frame.groups,
            kind=model.spec.kind,
            n_bootstrap=run.n_bootstrap,
            seed=run.seed,
        )
    )


def _say(model: OutcomeModel, report: dict[str, Any], after: dict[str, dict[str, float | None]] | None) -> str:
    times = report["expected_ratio"]
    predicted = "something and nothing" if times is None else f"{times:.2f} times what"
    found = f"{model.spec.title}: the model predicts {predicted} happened (O/E {report['oe_ratio']:.3f})"
    if report["verdict"] == "stable":
        return f"{found}. It is kept."
    if after is None:
        return f"{found}. It is refused: do not score or pay on it; {report['reason']}"
    renewed = after["oe_ratio"]["value"]
    return f"{found}. It is recalibrated on half of the persons; on the other half O/E is {renewed:.3f}."
