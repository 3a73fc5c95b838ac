"""Drift: the kept models applied to a later year, judged, and updated as far as a closed test asks for."""

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
from riskkit.risk.model import OutcomeModel
from riskkit.risk.outcome_update import find_update, update_outcome
from riskkit.workflow.drift_words import say_finding
from riskkit.workflow.members import label_members
from riskkit.workflow.summary import metrics_to_dict

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.data.io import Tables
    from riskkit.risk.hazard_model import HorizonModel
    from riskkit.risk.updating import Update
    from riskkit.workflow.members import Members
    from riskkit.workflow.scheme_file import DriftBands, RunBlock

SHOWN_FEATURES = 10


@dataclass(frozen=True)
class DriftFinding:
    """What a later year said about one model.

    Parameters
    ----------
    model : OutcomeModel
        The model to go on with: as it was, or recalibrated as the closed test chose.
    report : dict
        Verdict, message, metrics before and after, as plain values.
    """

    model: OutcomeModel
    report: dict[str, Any]


def check_drift(
    model: OutcomeModel,
    later: Members,
    tables: Tables,
    *,
    block: DriftBands,
    run: RunBlock,
    code_lists: pd.DataFrame | None = None,
) -> DriftFinding:
    """Apply a model to a later year, judge it, and update its map as far as a closed test asks for.

    Which update is made, a closed test on half of the persons says; what it is worth, the other half. The map that is
    kept is the same update fitted on all of them. A level in the stable band can hide a slope that is not: there too
    the test decides. A refused model is not updated.

    Parameters
    ----------
    model : OutcomeModel
        The kept model.
    later : Members
        Members at the later index date.
    tables : Tables
        Canonical tables that reach over its outcome window.
    block : DriftBands
        Limits.
    run : RunBlock
        Seed and bootstrap.
    code_lists : pandas.DataFrame, optional
        Every code list; needed where the outcome names groups of them.

    Returns
    -------
    DriftFinding
        Verdict ``"stable"``, ``"recalibrate"`` or ``"refuse"``, by the level and the ranking alone. The metrics after
        recalibration are those of the half of the persons that the update has not seen; there are none of a stable
        model whose map the test keeps. `left` says that the model is off and was not changed.
    """
    labels = label_members(later.cohort, tables, model.spec, code_lists=code_lists)
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
    report: dict[str, Any] = {**without_nan(found.to_dict()), "members": len(counted)}
    report["before"] = _measure(model, frame, run)
    report.update(update=None, after=None, left=False)
    if found.verdict == "refuse":
        return DriftFinding(model, {**report, "message": say_finding(model.spec.title, report)})
    half = assign_folds(frame.groups, n_folds=2, seed=run.seed)
    seen, unseen = (frame.take(np.flatnonzero(half == number)) for number in (0, 1))
    # half of the persons may hold no event, or nothing else
    update = find_update(model, seen) if seen.observed.min() < seen.observed.max() else None
    choice = "keep" if update is None else update.choice
    report["left"] = choice == "keep" and found.verdict == "recalibrate"
    tried = choice != "keep" or report["left"]
    report["update"] = update and describe_update(update, tried=tried)
    if tried:
        report["after"] = _measure(update_outcome(model, seen, choice), unseen, run)
    renewed = update_outcome(model, frame, choice)
    return DriftFinding(renewed, {**report, "message": say_finding(model.spec.title, report)})


def judge_inputs(
    model: OutcomeModel | HorizonModel, known: Members, later: Members, block: DriftBands
) -> dict[str, Any]:
    """Judge a later year before any of its outcomes is known.

    Parameters
    ----------
    model : OutcomeModel or HorizonModel
        The kept model.
    known : Members
        Members that the model was made and tested on; their last index date is the reference.
    later : Members
        Members at the later index date.
    block : DriftBands
        Limits; the stable band holds for the ratio of mean predictions too.

    Returns
    -------
    dict
        `verdict`, figures, the features that `moved` and the `reason`.
    """
    last = known.at(known.cohort["index_date"] == known.cohort["index_date"].max())
    importance = dict.fromkeys(model.feature_names, 0.0)
    for booster in model.boosters:
        gains = booster.feature_importance("gain")
        for name, gain in zip(booster.feature_name(), gains, strict=True):
            if name in importance:  # the number of an interval is no feature
                importance[name] += float(gain) / (float(gains.sum()) or 1.0)
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


def without_nan(figures: dict[str, float | str]) -> dict[str, float | str | None]:
    """Turn a figure that is not defined into None, as JSON has no NaN.

    Parameters
    ----------
    figures : dict
        Figures by name.

    Returns
    -------
    dict
        The same without NaN.

    Examples
    --------
    >>> without_nan({"oe_ratio": float("nan"), "verdict": "refuse"})
    {'oe_ratio': None, 'verdict': 'refuse'}
    """
    undefined = {name for name, value in figures.items() if isinstance(value, float) and math.isnan(value)}
    return {name: None if name in undefined else value for name, value in figures.items()}


def _measure(model: OutcomeModel, frame: ModelFrame, run: RunBlock) -> dict[str, dict[str, float | None]]:
    return metrics_to_dict(
        compute_metrics(
            frame.observed,
            model.predict(frame.features),
            frame.weight,
            frame.groups,
            kind=model.spec.prediction_kind,
            n_bootstrap=run.n_bootstrap,
            seed=run.seed,
        )
    )


def describe_update(update: Update, *, tried: bool) -> dict[str, Any]:
    """Write the closed test with what it could have found.

    Parameters
    ----------
    update : Update
        What the test chose.
    tried : bool
        Whether its choice was measured on the other half of the persons.

    Returns
    -------
    dict
        Plain values; `made` says that the map was changed.
    """
    # Both halves vary, each with twice the variance of the whole: an O/E on one after a fit on the other.
    return {
        **update.to_dict(),
        "made": tried and update.choice != "keep",
        "oe_error_of_other_half": math.sqrt(2) * update.oe_error if tried else None,
    }
