"""Train a hazard: one fit for all horizons, then each horizon measured with those who left early stood for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.risk.hazard_fit import fit_hazard
from riskkit.risk.hazard_horizons import describe_horizon
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import select_features
from riskkit.risk.tuning import Tuned, tune
from riskkit.workflow.comparators import ComparatorPlan, plan_comparators
from riskkit.workflow.explanation_stability import Refit
from riskkit.workflow.hazard_members import HazardMembers, find_hazard_members
from riskkit.workflow.hazard_stability import measure_hazard_stability
from riskkit.workflow.horizon_metrics import HorizonRows, account_for_rows, measure_horizon
from riskkit.workflow.label_guard import refuse_labels
from riskkit.workflow.labels import limit_follow_up
from riskkit.workflow.measure import LAB, measure_outcome
from riskkit.workflow.members import label_members
from riskkit.workflow.rows_that_count import require_every_date, varies
from riskkit.workflow.search import SearchAid, with_budget
from riskkit.workflow.split import plan_splits, tuning_rows
from riskkit.workflow.trained import TrainedOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskkit.data.io import Tables
    from riskkit.risk.hazard_model import HazardModel
    from riskkit.risk.spec import OutcomeSpec
    from riskkit.workflow.members import FeaturePlan, Members
    from riskkit.workflow.scheme import Scheme
    from riskkit.workflow.scheme_file import RunBlock
    from riskkit.workflow.split import Split, SplitPlan

    Progress = Callable[[str, int, int], None]

DAYS_BY_MONTH = 366
"""Longest horizon that is shown month by month."""

NO_CONTRAST = "it is not made for a hazard, whose training is cut off where the test begins"


@dataclass(frozen=True)
class _HazardTask:
    """What every fit of one hazard shares."""

    spec: OutcomeSpec
    members: HazardMembers
    names: list[str]
    directions: dict[str, int]
    seed: int
    cut: pd.Timestamp | None
    comparators: ComparatorPlan


def train_hazard(
    scheme: Scheme,
    spec: OutcomeSpec,
    members: Members,
    tables: Tables,
    plan: FeaturePlan,
    *,
    search: SearchAid | None = None,
    progress: Progress | None = None,
) -> dict[str, TrainedOutcome]:
    """Train one hazard and measure each of its horizons.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    spec : OutcomeSpec
        The outcome; of kind 'hazard'.
    members : Members
        Cohort and features at the index dates.
    tables : Tables
        Canonical tables, for the labels.
    plan : FeaturePlan
        The catalogue behind the features.
    search : SearchAid, optional
        Where the trials of the search are kept, and what it starts from.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    dict of str to TrainedOutcome
        By prediction column, in the order of the horizons.

    Raises
    ------
    DataContractError
        If the label is no time to an event, or at one of the index dates nobody counts.
    """
    task = _make_task(scheme, spec, members, tables, plan)
    splits = plan_splits(task.members.cohort, scheme.file.split, task.seed)
    tuned = _tune(scheme, task, splits, search or SearchAid(), progress)
    # The search sees fewer rows than the fit: how many trees the rows carry, early stopping says on all of them.
    params = {name: value for name, value in tuned.params.items() if name != "n_estimators"}
    kept, test, predicted = _fit_and_predict(task, splits, params, progress)
    _refuse_open(task, test)
    counts = _count(scheme, task, splits)
    if progress:
        progress(f"stability {spec.name}", 0, 1)
    refit = Refit(task.spec, task.names, task.directions, params)
    stability = measure_hazard_stability(refit, task.members.frame(splits.kept.train, until=task.cut), task.seed)
    ages = task.members.cohort["age_years"].to_numpy(np.float64)[test]
    tested = task.members.frame(test)
    trained = {}
    for place, (name, table) in enumerate(predicted.items()):
        if progress:
            progress(f"measure {name}", place, len(predicted))
        comparators, whole = task.comparators.keep_fitted(table)
        rows = HorizonRows(tested, whole, ages, place, kept.columns[name])
        measured = replace(task, comparators=comparators)
        found = _measure(scheme.file.run, measured, rows, params=params, splits=splits, counts=counts)
        absent = {"random_split_absent": NO_CONTRAST} if scheme.file.run.random_split_contrast else {}
        figures = {**found.figures, "tuning": tuned.to_dict(), **stability[place], **absent}
        trained[name] = replace(found, figures=figures)
    return trained


def _measure(
    run: RunBlock,
    task: _HazardTask,
    rows: HorizonRows,
    *,
    params: dict[str, Any],
    splits: SplitPlan,
    counts: dict[str, int],
) -> TrainedOutcome:
    """Measure one horizon as a binary outcome is measured, and account for its rows."""
    found = measure_horizon(rows, n_bootstrap=run.n_bootstrap, seed=run.seed)
    known = rows.predictions[rows.predictions["weight"] > 0]
    figures = measure_outcome(
        known, _describe_context(task, rows.days), found.differences, task.comparators.absent, kind="binary", run=run
    )
    follow_up = found.follow_up | account_for_rows(rows, **counts)
    sizes = {
        "train_members": float(len(splits.kept.train)),
        "calibration_members": float(len(splits.kept.calibration)),
        "test_members": float(len(rows.predicted)),
        "events": float(follow_up["events"]),
    }
    return TrainedOutcome(rows.model, rows.predictions, found.metrics, params, sizes, follow_up, figures)


def _describe_context(task: _HazardTask, days: int) -> pd.DataFrame:
    """Describe every row as reports group it; the day of the event only where months of follow-up are shown."""
    members = task.members
    context = members.cohort.assign(**{LAB: members.features[LAB]} if LAB in members.features else {})
    if days > DAYS_BY_MONTH:
        return context
    followed = members.labels["followed_days"]
    return context.assign(event_days=followed.where((members.labels["cause"] == 1) & (followed < days)))


def _refuse_open(task: _HazardTask, test: NDArray[np.int64]) -> None:
    """Refuse a horizon that no test row was followed to."""
    for name, reason in task.members.find_open(test).items():
        message = (
            f"outcome {task.spec.name!r}: {name} cannot be measured; {reason} on a test row. Test on an older "
            "index date, or leave the horizon out."
        )
        raise DataContractError(message)


def _count(scheme: Scheme, task: _HazardTask, splits: SplitPlan) -> dict[str, int]:
    """Count the rows in, and those that the split gives to no test."""
    by_time = scheme.file.split.method == "time"
    tuned = tuning_rows(task.members.cohort, scheme.file.split, splits, task.seed)
    return {
        "rows_in": len(task.members.labels),
        "rows_for_tuning": 0 if by_time else len(tuned),
        "rows_to_train": len(splits.kept.train) + len(splits.kept.calibration) if by_time else 0,
        "prevalent": task.members.prevalent,
    }


def _make_task(scheme: Scheme, spec: OutcomeSpec, members: Members, tables: Tables, plan: FeaturePlan) -> _HazardTask:
    """Label the members and keep those in the risk set; a prevalent member is scored later, and counted here."""
    labels = label_members(
        members.cohort,
        tables,
        spec,
        code_lists=plan.code_lists,
        follow_up_end=limit_follow_up(members.cohort, scheme.file.split),
    )
    held = find_hazard_members(spec, members.cohort, members.features, labels)
    require_every_date(spec, members.cohort, np.flatnonzero(labels["risk_set"].to_numpy(dtype=bool)))
    catalogue = plan.chosen.to_frame()
    names = [name for name in select_features(catalogue, spec) if varies(held.features[name])]
    event = (held.labels["cause"] == 1).astype("float64")
    refuse_labels(held.features[names], event, outcome=spec.name)
    every_row = ModelFrame(held.features, np.asarray(event, dtype=np.float64), np.ones(len(event)))
    dates = members.cohort["index_date"]
    return _HazardTask(
        spec=with_budget(scheme, spec),
        members=held,
        names=names,
        directions=dict(zip(catalogue["name"], catalogue["direction"], strict=True)),
        seed=scheme.file.run.seed,
        cut=dates.max() if scheme.file.split.method == "time" else None,
        comparators=plan_comparators(
            every_row, held.cohort, tables, names=names, kind="binary", gam=scheme.file.run.gam
        ),
    )


def _tune(scheme: Scheme, task: _HazardTask, splits: SplitPlan, search: SearchAid, progress: Progress | None) -> Tuned:
    """Search for the trees on the last horizon, as a binary outcome of those whose status is known.

    Where training is not followed so far, the search looks as far as it is.
    """
    block, last = scheme.file.split, len(task.spec.horizons_days) - 1
    if task.spec.tuning.trials == 0:
        return Tuned({}, 0, None)

    def tell(number: int, asked: int, best: float) -> None:
        if progress:
            progress(f"tune {task.spec.name} (best loss {best:.5g})", number, asked)

    binary = describe_horizon(task.spec, last)
    binary = binary.model_copy(update={"model": binary.model.model_copy(update={"objective": "binary"})})
    held = tuning_rows(task.members.cohort, block, splits, task.seed)
    return tune(
        binary,
        task.members.frame_at(held, task.spec.horizon_days, until=task.cut)[1],
        feature_names=task.names,
        directions=task.directions,
        seed=task.seed,
        warm=[search.warm[binary.name]] if binary.name in search.warm else [],
        store=search.store,
        progress=tell,
    )


def _fit_and_predict(
    task: _HazardTask, plan: SplitPlan, params: dict[str, Any], progress: Progress | None
) -> tuple[HazardModel, NDArray[np.int64], dict[str, pd.DataFrame]]:
    """Fit the kept model, and predict every test row by one that has not seen its person, or its year."""
    found: list[dict[str, pd.DataFrame]] = []
    kept = None
    splits = (*plan.evaluation, plan.kept) if plan.crossed else plan.evaluation
    for number, split in enumerate(splits):
        if progress:
            progress(f"fit {task.spec.name}", number, len(splits))
        train = task.members.frame(split.train, until=task.cut)
        calibration = task.members.frame(split.calibration, until=task.cut)
        model = fit_hazard(
            task.spec,
            train,
            calibration,
            feature_names=task.names,
            directions=task.directions,
            params=params,
            seed=task.seed,
        )
        kept = model if split is plan.kept else kept
        if len(split.test):
            found.append(_predict(task, split, model))
    if kept is None:
        message = f"outcome {task.spec.name!r}: no split is kept. Correct [split] of the scheme."
        raise DataContractError(message)
    tables = {name: pd.concat([part[name] for part in found]).sort_index() for name in task.spec.columns}
    return kept, tables[task.spec.columns[0]].index.to_numpy(), tables


def _predict(task: _HazardTask, split: Split, model: HazardModel) -> dict[str, pd.DataFrame]:
    """Predict the test rows by the model and by its comparators, each horizon by its own.

    Where training is not followed to a horizon, the comparators learn the risk by the longest follow-up, and their
    hazard is taken to go on as it was, as the trees' is.
    """
    predicted = model.predict(task.members.features.take(split.test))
    tables = {}
    for place, (name, horizon) in enumerate(zip(task.spec.columns, task.spec.horizons_days, strict=True)):
        rows, seen, days = task.members.frame_at(split.train, horizon, until=task.cut)
        others = task.comparators.predict_from(seen, rows, split.test)
        stretched = {other: 1.0 - (1.0 - values) ** (horizon / days) for other, values in others.items()}
        tables[name] = pd.DataFrame({"predicted": predicted[:, place], **stretched}, index=split.test)
    return tables
