"""Train a hazard: one fit for all horizons, then each horizon measured with those who left early stood for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.cohort.exposure import compute_ipcw
from riskkit.errors import DataContractError
from riskkit.evaluation.comparators import fit_comparator
from riskkit.risk.hazard_fit import fit_hazard
from riskkit.risk.hazard_frame import TimeFrame
from riskkit.risk.hazard_horizons import describe_horizon
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.spec import select_features
from riskkit.risk.tuning import tune
from riskkit.workflow.explanation_stability import Refit
from riskkit.workflow.hazard_stability import measure_hazard_stability
from riskkit.workflow.horizon_metrics import HorizonRows, account_for_rows, measure_horizon
from riskkit.workflow.label_guard import refuse_labels
from riskkit.workflow.labels import limit_follow_up
from riskkit.workflow.members import label_members
from riskkit.workflow.rows_that_count import require_every_date, varies
from riskkit.workflow.search import with_budget
from riskkit.workflow.split import plan_splits, tuning_rows
from riskkit.workflow.train import KEYS
from riskkit.workflow.trained import TrainedOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskkit.data.io import Tables
    from riskkit.evaluation.comparators import ComparatorName
    from riskkit.risk.hazard_model import HazardModel
    from riskkit.risk.spec import OutcomeSpec
    from riskkit.workflow.members import FeaturePlan, Members
    from riskkit.workflow.scheme import Scheme
    from riskkit.workflow.split import Split, SplitPlan

    Progress = Callable[[str, int, int], None]

LABELS = [*KEYS, "cause", "followed_days", "risk_set"]
COMPARATORS: tuple[ComparatorName, ...] = ("age_sex", "logistic")


@dataclass(frozen=True)
class _HazardTask:
    """Rows of one hazard: those in the risk set, with their follow-up."""

    spec: OutcomeSpec
    cohort: pd.DataFrame
    features: pd.DataFrame
    labels: pd.DataFrame
    names: list[str]
    directions: dict[str, int]
    seed: int
    prevalent: int
    cut: pd.Timestamp | None

    def frame(self, rows: NDArray[np.int64], *, until: pd.Timestamp | None = None) -> TimeFrame:
        """Lay out some rows, their follow-up cut at a day, with the censoring weights that these rows give."""
        labels = self.labels.take(rows)
        days, cause = labels["followed_days"].to_numpy(np.float64), labels["cause"].to_numpy(np.float64)
        if until is not None:
            most = (until - labels["index_date"]).dt.days.to_numpy(np.float64)
            cause, days = np.where(days < most, cause, 0.0), np.minimum(days, most)
        weights = [
            compute_ipcw(np.minimum(days, horizon), (cause > 0) & (days < horizon), horizon)
            for horizon in self.spec.horizons_days
        ]
        features = self.features.take(rows).reset_index(drop=True)
        return TimeFrame(ModelFrame(features, cause, np.ones(len(rows))), days, np.column_stack(weights))


def train_hazard(
    scheme: Scheme,
    spec: OutcomeSpec,
    members: Members,
    tables: Tables,
    plan: FeaturePlan,
    *,
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
    splits = plan_splits(task.cohort, scheme.file.split, task.seed)
    params = _tune(scheme, task, splits, progress)
    kept, test, predicted = _fit_and_predict(task, splits, params, progress)
    _refuse_unfollowed(task, test)
    counts = _count(scheme, task, splits)
    if progress:
        progress(f"stability {spec.name}", 0, 1)
    refit = Refit(task.spec, task.names, task.directions, params)
    stability = measure_hazard_stability(refit, task.frame(splits.kept.train, until=task.cut), task.seed)
    cohort, run = task.cohort.take(test), scheme.file.run
    trained = {}
    for place, (name, table) in enumerate(predicted.items()):
        rows = HorizonRows(task.frame(test), table, cohort["age_years"].to_numpy(np.float64), place, kept.columns[name])
        metrics, follow_up = measure_horizon(rows, n_bootstrap=run.n_bootstrap, seed=run.seed)
        follow_up |= account_for_rows(rows, **counts)
        events = {"test_members": float(len(table)), "events": float(follow_up["events"])}
        kept_rows = {"train_members": len(splits.kept.train), "calibration_members": len(splits.kept.calibration)}
        trained[name] = TrainedOutcome(
            kept.columns[name], rows.predictions, metrics, params, {**kept_rows, **events}, follow_up, stability[place]
        )
    return trained


def _refuse_unfollowed(task: _HazardTask, test: NDArray[np.int64]) -> None:
    """Refuse a horizon that no test row was followed to: it could be predicted and never be measured."""
    followed = task.labels["followed_days"].to_numpy(np.float64)[test]
    for name, days in zip(task.spec.columns, task.spec.horizons_days, strict=True):
        if not (followed >= days).any():
            message = (
                f"outcome {task.spec.name!r}: no test row is followed to {days} days, so that {name} cannot be "
                f"measured; the longest follow-up is {followed.max():g} days. Test on an older index date, or leave "
                "the horizon out."
            )
            raise DataContractError(message)


def _count(scheme: Scheme, task: _HazardTask, splits: SplitPlan) -> dict[str, int]:
    """Count the rows in, and those that the split gives to no test."""
    by_time = scheme.file.split.method == "time"
    tuned = tuning_rows(task.cohort, scheme.file.split, splits, task.seed)
    return {
        "rows_in": len(task.labels),
        "rows_for_tuning": 0 if by_time else len(tuned),
        "rows_to_train": len(splits.kept.train) + len(splits.kept.calibration) if by_time else 0,
        "prevalent": task.prevalent,
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
    absent = [name for name in LABELS if name not in labels]
    if absent:
        message = (
            f"outcome {spec.name!r}: label {spec.label!r} has no column {absent[0]!r}, expected a time to the event "
            "for kind 'hazard'. Choose a label that has one."
        )
        raise DataContractError(message)
    # A label's own weight is for one horizon and 0 for those who left before it; here they stay in.
    counted = np.flatnonzero(labels["risk_set"].to_numpy(dtype=bool))
    require_every_date(spec, members.cohort, counted)
    features = members.features.take(counted).reset_index(drop=True)
    catalogue = plan.chosen.to_frame()
    names = [name for name in select_features(catalogue, spec) if varies(features[name])]
    kept = labels.take(counted).reset_index(drop=True)
    refuse_labels(features[names], (kept["cause"] == 1).astype("float64"), outcome=spec.name)
    dates = members.cohort["index_date"]
    return _HazardTask(
        spec=with_budget(scheme, spec),
        cohort=members.cohort.take(counted).reset_index(drop=True),
        features=features,
        labels=kept,
        names=names,
        directions=dict(zip(catalogue["name"], catalogue["direction"], strict=True)),
        seed=scheme.file.run.seed,
        prevalent=len(labels) - len(counted),
        cut=dates.max() if scheme.file.split.method == "time" else None,
    )


def _tune(scheme: Scheme, task: _HazardTask, splits: SplitPlan, progress: Progress | None) -> dict[str, Any]:
    """Search for the trees on the last horizon, as a binary outcome of those whose status is known."""
    block, last = scheme.file.split, len(task.spec.horizons_days) - 1
    if not task.spec.tuning.trials:
        return {}

    def tell(number: int, asked: int, best: float) -> None:
        if progress:
            progress(f"tune {task.spec.name} (best loss {best:.5g})", number, asked)

    binary = describe_horizon(task.spec, last)
    binary = binary.model_copy(update={"model": binary.model.model_copy(update={"objective": "binary"})})
    rows = task.frame(tuning_rows(task.cohort, block, splits, task.seed), until=task.cut)
    frame = rows.at(last, task.spec.horizon_days)
    params = tune(binary, frame, feature_names=task.names, directions=task.directions, seed=task.seed, progress=tell)
    params.pop("n_estimators", None)
    return params


def _fit_and_predict(
    task: _HazardTask, plan: SplitPlan, params: dict[str, Any], progress: Progress | None
) -> tuple[HazardModel, NDArray[np.int64], dict[str, pd.DataFrame]]:
    """Fit the kept model, and predict every test row by one that has not seen its person, or its year."""
    found: list[dict[str, pd.DataFrame]] = []
    kept = None
    splits = plan.evaluation if any(split is plan.kept for split in plan.evaluation) else (*plan.evaluation, plan.kept)
    for number, split in enumerate(splits):
        if progress:
            progress(f"fit {task.spec.name}", number, len(splits))
        train = task.frame(split.train, until=task.cut)
        calibration = task.frame(split.calibration, until=task.cut)
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
            found.append(_predict(task, split, train, model))
    if kept is None:
        message = f"outcome {task.spec.name!r}: no split is kept. Correct [split] of the scheme."
        raise DataContractError(message)
    tables = {name: pd.concat([part[name] for part in found]).sort_index() for name in task.spec.columns}
    return kept, tables[task.spec.columns[0]].index.to_numpy(), tables


def _predict(task: _HazardTask, split: Split, train: TimeFrame, model: HazardModel) -> dict[str, pd.DataFrame]:
    """Predict the test rows by the model and by its comparators, each horizon by its own."""
    features = task.features.take(split.test)
    predicted = model.predict(features)
    tables = {}
    for place, (name, days) in enumerate(zip(task.spec.columns, task.spec.horizons_days, strict=True)):
        columns, seen = {"predicted": predicted[:, place]}, train.at(place, days)
        for other in COMPARATORS:
            source = task.cohort if other == "age_sex" else task.features[task.names]
            fitted = fit_comparator(other, "binary", source.take(split.train), seen.observed, seen.weight)
            columns[other] = fitted.predict(source.take(split.test))
        tables[name] = pd.DataFrame(columns, index=split.test)
    return tables
