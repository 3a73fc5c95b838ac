"""Fitting a hazard: trees on person-periods, checked, then a calibrator per horizon on members they never saw."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, LeakageError
from riskkit.risk.calibrator import Calibrator
from riskkit.risk.factory import HOLDOUT_FOLDS
from riskkit.risk.hazard import HazardClassifier
from riskkit.risk.hazard_crossing import predict_apart, runs_into
from riskkit.risk.hazard_margins import compute_margins
from riskkit.risk.hazard_model import HazardModel
from riskkit.risk.matrix import KEY, assign_folds, make_matrix
from riskkit.risk.monotone import check_monotone
from riskkit.risk.recalibration import fit_calibrator
from riskkit.risk.training import OnIteration, TreeSettings

if TYPE_CHECKING:
    import numpy.typing as npt

    from riskkit.risk.hazard_frame import TimeFrame
    from riskkit.risk.spec import OutcomeSpec

    FloatArray = npt.NDArray[np.float64]

BASELINE_ROWS = 20_000
"""Most training members, evenly spaced, whose mean margins are where explanations start from."""


def fit_hazard(
    spec: OutcomeSpec,
    train: TimeFrame,
    calibration: TimeFrame,
    *,
    feature_names: Sequence[str],
    directions: Mapping[str, int],
    params: Mapping[str, Any] | None = None,
    seed: int = 0,
    num_threads: int = 2,
    on_iteration: OnIteration | None = None,
) -> HazardModel:
    """Train the trees of both causes, check them, and calibrate every horizon on rows they never saw.

    Where training follows members into the year that they are calibrated on, the maps are fitted on the predictions of
    other trees, which saw no row of the person (`hazard_crossing`).

    Parameters
    ----------
    spec : OutcomeSpec
        What to predict and how; of kind 'hazard'.
    train, calibration : TimeFrame
        Rows for the trees, in any order, and later rows for the calibrators.
    feature_names : sequence of str
        Features to use, from `select_features`.
    directions : mapping of str to int
        -1, 0 or 1 by feature, held for both causes where the specification says `monotone`.
    params : mapping, optional
        Tuned tree settings that replace those of the specification; where they give `n_estimators`, there is no
        early stopping.
    seed : int, default 0
        Seed of sampling.
    num_threads : int, default 2
        Threads; the model does not depend on it.
    on_iteration : callable, optional
        Told of each tree: ``on_iteration(number, asked, loss)``.

    Returns
    -------
    HazardModel
        The same bytes for the same rows, whatever their order.

    Raises
    ------
    DataContractError
        If a feature is missing, or training or calibration rows hold no event.
    LeakageError
        If a row is in both frames.
    AcceptanceError
        If a split breaks a monotone constraint.
    """
    train, calibration = train.sort(), calibration.sort()
    _refuse_shared_rows(spec, train, calibration)
    trees = TreeSettings(**{**spec.model.trees.model_dump(), **(params or {})})
    constraints = {name: directions.get(name, 0) for name in feature_names} if spec.model.monotone else {}
    estimator = HazardClassifier(
        trees,
        horizons_days=spec.horizons_days,
        monotone_constraints=constraints,
        num_threads=num_threads,
        random_state=seed,
    )
    matrix = make_matrix(train.features, feature_names)
    x = pd.DataFrame(matrix, columns=list(feature_names), copy=False)
    patience = 0 if "n_estimators" in (params or {}) else spec.model.early_stopping_rounds
    if patience:
        estimator.set_params(n_trees=_choose_n_trees(estimator, x, train, patience, on_iteration))
    estimator.fit(x, train.times, train.rows.weight, on_iteration=on_iteration)
    for booster in estimator.boosters_:
        check_monotone(booster, constraints)
    model = HazardModel(
        spec=spec,
        feature_names=tuple(feature_names),
        booster_texts=tuple(booster.model_to_string() for booster in estimator.boosters_),
        calibrators=tuple(Calibrator("binary", "identity") for _ in spec.horizons_days),
        baseline=_average_margins(estimator, matrix, train.rows.weight),
        metadata=_describe(estimator, constraints, matrix, train),
    )
    apart = runs_into(train, calibration, spec.horizon_days)
    steps = predict_apart(estimator, x, train, calibration) if apart else None
    return calibrate_hazard(model, calibration, steps=steps, num_threads=num_threads)


def calibrate_hazard(
    model: HazardModel, calibration: TimeFrame, *, steps: FloatArray | None = None, num_threads: int = 2
) -> HazardModel:
    """Calibrate a model's horizons anew, each on the members who were still without the event at the one before.

    Parameters
    ----------
    model : HazardModel
        Trees, with or without calibrators.
    calibration : TimeFrame
        Rows to calibrate on; the weights of censoring stand for those who left.
    steps : numpy.ndarray of shape (n_rows, n_horizons), optional
        Their uncalibrated steps in the order of their keys, where the model's own trees have seen what became of the
        members; the model's own where absent.
    num_threads : int, default 2
        Threads.

    Returns
    -------
    HazardModel
        The same trees with new calibrators. A later horizon to which no member was followed keeps the identity; its
        name is in `metadata` under `not_calibrated`, and how far they were followed under `calibration_followed_days`.

    Raises
    ------
    DataContractError
        If there is no event by a horizon, or nobody without one at the first.
    """
    calibration = calibration.sort()
    spec, settings = model.spec, model.spec.calibration
    crossed = steps is not None
    steps = model.predict_steps(calibration.features, num_threads=num_threads) if steps is None else steps
    at_risk = np.ones(len(steps), dtype=bool)
    calibrators, missing = [], []
    for place, days in enumerate(spec.horizons_days):
        rows = calibration.at(place, days)
        weight = np.where(at_risk, rows.weight, 0.0)
        if place and not ((weight > 0) & (calibration.followed_days >= days)).any():
            missing.append(spec.columns[place])
            calibrators.append(Calibrator("binary", "identity"))
            continue
        calibrators.append(
            fit_calibrator(
                steps[:, place],
                rows.observed,
                weight,
                kind="binary",
                methods=settings.list_candidates("binary"),
                groups=rows.groups,
                events_for_isotonic=settings.events_for_isotonic,
            )
        )
        at_risk &= ~calibration.has_event(days)
    facts = {
        "calibration_rows": len(steps),
        "calibration_weight": float(calibration.rows.weight.sum()),
        "calibration_followed_days": float(calibration.followed_days.max()),
        "not_calibrated": missing,
        "calibrated_apart": crossed,
    }
    return replace(model, calibrators=tuple(calibrators), metadata={**model.metadata, **facts})


def _choose_n_trees(
    estimator: HazardClassifier, x: pd.DataFrame, train: TimeFrame, patience: int, on_iteration: OnIteration | None
) -> tuple[int, ...]:
    """Choose each cause's number of trees on some of the training persons."""
    out = assign_folds(train.rows.groups, n_folds=HOLDOUT_FOLDS, seed=estimator.random_state) == 0
    scout = HazardClassifier(**{**estimator.get_params(deep=False), "early_stopping_rounds": patience}).fit(
        x[~out],
        train.times[~out],
        train.rows.weight[~out],
        eval_X=x[out],
        eval_y=train.times[out],
        eval_weight=train.rows.weight[out],
        on_iteration=on_iteration,
    )
    # deaths may be so few that none is among the scout's rows
    return (*scout.best_iterations_, scout.best_iterations_[0])[:2]


def _average_margins(
    estimator: HazardClassifier, matrix: FloatArray, weight: FloatArray
) -> tuple[tuple[float, ...], ...]:
    """Compute the mean margin by cause and interval."""
    rows = np.flatnonzero(weight > 0)
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, min(BASELINE_ROWS, len(rows))).astype(np.int64))]
    margins = compute_margins(
        estimator.boosters_, matrix[rows], len(estimator.edges_) - 1, num_threads=estimator.num_threads
    )
    means = np.average(margins, axis=1, weights=weight[rows])
    return tuple(tuple(row) for row in means.tolist())


def _refuse_shared_rows(spec: OutcomeSpec, train: TimeFrame, calibration: TimeFrame) -> None:
    """Refuse a row on both sides, and rows whose horizons are not those of the specification."""
    both = train.features[KEY].merge(calibration.features[KEY], on=KEY)
    if len(both):
        message = (
            f"outcome {spec.name!r}: {len(both)} rows are in both train and calibration (first person_id="
            f"{both['person_id'].iloc[0]!r}), expected none. Calibrate on other persons or a later year."
        )
        raise LeakageError(message)
    found = calibration.censoring_weight.shape[1]
    if found != len(spec.horizons_days):
        message = (
            f"outcome {spec.name!r}: censoring weights for {found} horizons, expected {len(spec.horizons_days)}. "
            "Compute them for every horizon of the specification."
        )
        raise DataContractError(message)


def _describe(
    estimator: HazardClassifier, constraints: Mapping[str, int], matrix: FloatArray, train: TimeFrame
) -> dict[str, Any]:
    """Write down what the trees were grown from."""
    from importlib.metadata import version

    digest = hashlib.sha256()
    for part in (matrix.T, train.times, train.rows.weight):
        digest.update(np.ascontiguousarray(part).data)
    counted = train.rows.weight > 0
    return {
        "train_rows": int(counted.sum()),
        "train_persons": int(train.rows.groups[counted].nunique()),
        "train_weight": float(train.rows.weight.sum()),
        "train_events": int((train.rows.observed[counted] == 1).sum()),
        "train_deaths": int((train.rows.observed[counted] == 2).sum()),
        "train_sha256": digest.hexdigest(),
        "trees": estimator.trees.model_dump() if estimator.trees else {},
        "n_trees": list(estimator.best_iterations_),
        "edges_days": estimator.edges_.tolist(),
        "constraints": {name: sign for name, sign in constraints.items() if sign},
        "seed": estimator.random_state,
        "versions": {name: version(name) for name in ("riskkit", "lightgbm", "numpy", "scikit-learn")},
    }
