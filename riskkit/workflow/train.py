"""Train the outcomes of a scheme: split, tune, fit, calibrate, and measure on rows that nothing has seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, LeakageError
from riskkit.evaluation.comparators import fit_comparator
from riskkit.evaluation.metrics import compute_metrics
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel, fit_outcome
from riskkit.risk.spec import select_features
from riskkit.risk.tuning import tune
from riskkit.workflow.label_guard import refuse_labels
from riskkit.workflow.labels import limit_follow_up
from riskkit.workflow.members import label_members
from riskkit.workflow.split import plan_splits, tuning_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from riskkit.data.io import Tables
    from riskkit.evaluation.comparators import ComparatorName
    from riskkit.risk.hazard_model import HorizonModel
    from riskkit.risk.spec import OutcomeSpec
    from riskkit.workflow.members import FeaturePlan, Members
    from riskkit.workflow.scheme import Scheme
    from riskkit.workflow.split import Split, SplitPlan

    Progress = Callable[[str, int, int], None]

KEYS = ["person_id", "index_date"]
NOT_FEATURES = {"observed", "weight", "outcome", "event_days", "cause", "followed_days", "risk_set", "interval"}


@dataclass(frozen=True)
class TrainedOutcome:
    """One outcome, trained and measured.

    Parameters
    ----------
    model : OutcomeModel or HorizonModel
        The model that is kept.
    predictions : pandas.DataFrame
        Test rows: keys, `outcome`, `observed`, `weight`, `predicted` and one column per comparator.
    metrics : dict of str to pandas.DataFrame
        Metrics table of ``"predicted"``, the model's own, and of each comparator.
    params : dict
        Tuned tree settings; empty where the specification's own are used.
    counts : dict of str to float
        Rows to train, calibrate and test, and events in the test.
    follow_up : dict, optional
        For a horizon of a hazard: members in, evaluated, left before it, and what that says.
    """

    model: OutcomeModel | HorizonModel
    predictions: pd.DataFrame
    metrics: dict[str, pd.DataFrame]
    params: dict[str, Any]
    counts: dict[str, float]
    follow_up: dict[str, Any] | None = None


@dataclass(frozen=True)
class SearchAid:
    """What a search for better trees may start from.

    Parameters
    ----------
    store : pathlib.Path, optional
        SQLite file that keeps the trials, so that a run that was cut short goes on.
    warm : dict of str to dict, default empty
        Last year's tree settings by outcome.
    """

    store: Path | None = None
    warm: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Task:
    """What every fit of one outcome shares."""

    spec: OutcomeSpec
    frame: ModelFrame
    cohort: pd.DataFrame
    names: list[str]
    directions: dict[str, int]
    seed: int


def train_outcomes(
    scheme: Scheme,
    members: Members,
    tables: Tables,
    plan: FeaturePlan,
    *,
    search: SearchAid | None = None,
    progress: Progress | None = None,
) -> dict[str, TrainedOutcome]:
    """Train and measure every outcome of a scheme.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    members : Members
        Cohort and features at the index dates with a known outcome.
    tables : Tables
        Canonical tables, for the labels.
    plan : FeaturePlan
        The catalogue behind the features.
    search : SearchAid, optional
        Where the trials of the searches are kept, and what they start from.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    dict of str to TrainedOutcome
        By prediction column, in the scheme's order: an outcome's own name, or one name per horizon of a hazard.

    Raises
    ------
    DataContractError
        If at one of the index dates nobody counts for an outcome.
    LeakageError
        If a label stands among the features, or a person on both sides of a split by persons.
    """
    from riskkit.workflow.train_hazard import train_hazard

    named = {column for spec in scheme.outcomes for column in (spec.name, *spec.columns)}
    leaked = (NOT_FEATURES | named) & set(members.features.columns)
    if leaked:
        message = f"features: the label column {sorted(leaked)[0]!r} is among them. Build the features without labels."
        raise LeakageError(message)
    trained: dict[str, TrainedOutcome] = {}
    for done, spec in enumerate(scheme.outcomes):
        if progress:
            progress(f"label {spec.name}", done, len(scheme.outcomes))
        if spec.kind == "hazard":
            trained |= train_hazard(scheme, spec, members, tables, plan, progress=progress)
            continue
        task = _make_task(scheme, spec, members, tables, plan)
        trained[spec.name] = _train_one(scheme, task, search or SearchAid(), progress)
    return trained


def _make_task(scheme: Scheme, spec: OutcomeSpec, members: Members, tables: Tables, plan: FeaturePlan) -> _Task:
    """Join features and labels of the rows that carry weight."""
    labels = label_members(
        members.cohort,
        tables,
        spec,
        code_lists=plan.code_lists,
        follow_up_end=limit_follow_up(members.cohort, scheme.file.split),
    )
    counted = np.flatnonzero(labels["weight"].to_numpy() > 0)
    require_every_date(spec, members.cohort, counted)
    catalogue = plan.chosen.to_frame()
    features = members.features.take(counted).reset_index(drop=True)
    names = [name for name in select_features(catalogue, spec) if varies(features[name])]
    labels = labels.take(counted)
    refuse_labels(features[names], labels["observed"], outcome=spec.name)
    return _Task(
        spec=with_budget(scheme, spec),
        frame=ModelFrame(features, labels["observed"].to_numpy(), labels["weight"].to_numpy()),
        cohort=members.cohort.take(counted).reset_index(drop=True),
        names=names,
        directions=dict(zip(catalogue["name"], catalogue["direction"], strict=True)),
        seed=scheme.file.run.seed,
    )


def require_every_date(spec: OutcomeSpec, cohort: pd.DataFrame, counted: NDArray[np.int64]) -> None:
    """Refuse a year without exposure: a split by time would quietly test on the year before.

    Parameters
    ----------
    spec : OutcomeSpec
        The outcome.
    cohort : pandas.DataFrame
        Cohort frame.
    counted : numpy.ndarray of int
        Positions of the rows that carry weight.

    Raises
    ------
    DataContractError
        If an index date has none.
    """
    lost = set(cohort["index_date"]) - set(cohort["index_date"].iloc[counted])
    if lost and "claim_id" not in cohort:
        message = (
            f"outcome {spec.name!r}: nobody counts at index date {min(lost):%Y-%m-%d}, expected members with "
            f"exposure in the {spec.horizon_days} days after it. Extend the enrolment, or take the date out of "
            "[cohort] index_dates."
        )
        raise DataContractError(message)


def varies(values: pd.Series[float]) -> bool:
    """Say whether a feature tells any two members apart, a missing value being a value of its own.

    Parameters
    ----------
    values : pandas.Series
        The feature.

    Returns
    -------
    bool
        False for a constant.
    """
    return bool(values.min() != values.max()) if values.notna().all() else bool(values.notna().any())


def with_budget(scheme: Scheme, spec: OutcomeSpec) -> OutcomeSpec:
    """Give an outcome the budget of trials and minutes that the run asks for.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    spec : OutcomeSpec
        The outcome.

    Returns
    -------
    OutcomeSpec
        The same with the run's own budget, where it has one.
    """
    run = scheme.file.run
    asked = {
        "trials": run.tuning_trials,
        "timeout_seconds": None if run.tuning_minutes is None else 60 * run.tuning_minutes,
    }
    budget = {key: value for key, value in asked.items() if value is not None}
    return spec.with_overrides({"tuning": budget}, place="[run] tuning_trials") if budget else spec


def _train_one(scheme: Scheme, task: _Task, search: SearchAid, progress: Progress | None) -> TrainedOutcome:
    block, name = scheme.file.split, task.spec.name
    plan = plan_splits(task.cohort, block, task.seed)

    def tell(number: int, asked: int, best: float) -> None:
        if progress:
            progress(f"tune {name} (best loss {best:.5g})", number, asked)

    params = tune(
        task.spec,
        task.frame.take(tuning_rows(task.cohort, block, plan, task.seed)),
        feature_names=task.names,
        directions=task.directions,
        seed=task.seed,
        warm=[search.warm[name]] if name in search.warm else [],
        store=search.store,
        progress=tell,
    )
    # The search sees fewer rows than the fit: how many trees the rows carry, early stopping says on all of them.
    params.pop("n_estimators", None)
    model, predictions = _fit_and_predict(task, plan, params, progress)
    run = scheme.file.run
    metrics = {
        column: compute_metrics(
            predictions["observed"],
            predictions[column],
            predictions["weight"],
            predictions["person_id"],
            kind=task.spec.prediction_kind,
            n_bootstrap=run.n_bootstrap,
            seed=run.seed,
        )
        for column in ["predicted", *_comparators(task.spec)]
    }
    counts = {
        "train_members": float(len(plan.kept.train)),
        "calibration_members": float(len(plan.kept.calibration)),
        "test_members": float(len(predictions)),
        "events": float((predictions["observed"] > 0).sum()),
    }
    return TrainedOutcome(model, predictions, metrics, params, counts)


def _fit_and_predict(
    task: _Task, plan: SplitPlan, params: dict[str, Any], progress: Progress | None
) -> tuple[OutcomeModel, pd.DataFrame]:
    """Fit the kept model and predict every test row by a model that has not seen its person, or its year."""
    parts, kept = [], None
    splits = plan.evaluation if any(split is plan.kept for split in plan.evaluation) else (*plan.evaluation, plan.kept)
    for number, split in enumerate(splits):
        if progress:
            progress(f"fit {task.spec.name}", number, len(splits))
        model = _fit(task, split, params)
        if split is plan.kept:
            kept = model
        if len(split.test):
            parts.append(_predict(task, split, model))
    if progress:
        progress(f"measure {task.spec.name}", len(splits), len(splits))
    if kept is None:
        message = f"outcome {task.spec.name!r}: no split is kept."
        raise LeakageError(message)
    return kept, pd.concat(parts, ignore_index=True).sort_values(KEYS, ignore_index=True)


def _fit(task: _Task, split: Split, params: dict[str, Any]) -> OutcomeModel:
    return fit_outcome(
        task.spec,
        task.frame.take(split.train),
        task.frame.take(split.calibration),
        feature_names=task.names,
        directions=task.directions,
        params=params,
        seed=task.seed,
    )


def _comparators(spec: OutcomeSpec) -> tuple[ComparatorName, ...]:
    return ("age_sex", "logistic" if spec.kind == "binary" else "linear")


def _predict(task: _Task, split: Split, model: OutcomeModel) -> pd.DataFrame:
    test = task.frame.take(split.test)
    columns: dict[str, NDArray[np.float64]] = {"predicted": model.predict(test.features)}
    train = task.frame.take(split.train)
    for name in _comparators(task.spec):
        source = task.cohort if name == "age_sex" else task.frame.features[task.names]
        fitted = fit_comparator(name, task.spec.prediction_kind, source.take(split.train), train.observed, train.weight)
        columns[name] = fitted.predict(source.take(split.test))
    keys = test.features[KEYS].reset_index(drop=True)
    return keys.assign(outcome=task.spec.name, observed=test.observed, weight=test.weight, **columns)
