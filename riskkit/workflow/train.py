"""Train the outcomes of a scheme: split, tune, fit, calibrate, and measure on rows that nothing has seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, LeakageError
from riskkit.evaluation.comparison import compute_comparison
from riskkit.risk.fit import fit_outcome, fit_trees
from riskkit.risk.matrix import ModelFrame
from riskkit.risk.model import OutcomeModel
from riskkit.risk.outcome_calibration import calibrate_crossed, strip
from riskkit.risk.spec import select_features
from riskkit.risk.tuning import tune
from riskkit.workflow.comparators import ComparatorPlan, plan_comparators
from riskkit.workflow.explanation_stability import Refit, measure_stability
from riskkit.workflow.label_guard import refuse_labels
from riskkit.workflow.labels import limit_follow_up
from riskkit.workflow.measure import LAB, measure_contrast, measure_outcome
from riskkit.workflow.members import label_members
from riskkit.workflow.random_split import deal_at_random
from riskkit.workflow.rows_that_count import require_closed, require_every_date, varies
from riskkit.workflow.search import SearchAid, with_budget
from riskkit.workflow.split import plan_splits, tuning_rows
from riskkit.workflow.trained import TrainedOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from riskkit.data.io import Tables
    from riskkit.risk.fit import FitOptions
    from riskkit.risk.spec import OutcomeSpec
    from riskkit.workflow.members import FeaturePlan, Members
    from riskkit.workflow.scheme import Scheme
    from riskkit.workflow.scheme_file import RunBlock
    from riskkit.workflow.split import Split, SplitPlan

    Progress = Callable[[str, int, int], None]

KEYS = ["person_id", "index_date"]
NOT_FEATURES = {"observed", "weight", "outcome", "event_days", "cause", "followed_days", "risk_set", "interval"}


@dataclass(frozen=True)
class _Task:
    """What every fit of one outcome shares."""

    spec: OutcomeSpec
    frame: ModelFrame
    cohort: pd.DataFrame
    names: list[str]
    directions: dict[str, int]
    seed: int
    comparators: ComparatorPlan

    def tell_fit(self, params: dict[str, Any]) -> FitOptions:
        """Give what every fit of the outcome is told beside its rows."""
        return {
            "feature_names": self.names,
            "directions": self.directions,
            "params": params,
            "seed": self.seed,
        }


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
            trained |= train_hazard(scheme, spec, members, tables, plan, search=search, progress=progress)
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
    require_closed(spec, members.cohort, tables.paths)
    counted = np.flatnonzero(labels["weight"].to_numpy() > 0)
    require_every_date(spec, members.cohort, counted)
    catalogue = plan.chosen.to_frame()
    features = members.features.take(counted).reset_index(drop=True)
    names = [name for name in select_features(catalogue, spec) if varies(features[name])]
    labels = labels.take(counted)
    refuse_labels(features[names], labels["observed"], outcome=spec.name)
    frame = ModelFrame(features, labels["observed"].to_numpy(), labels["weight"].to_numpy())
    cohort = members.cohort.take(counted).reset_index(drop=True)
    return _Task(
        spec=with_budget(scheme, spec),
        frame=frame,
        cohort=cohort.assign(event_days=labels["event_days"].to_numpy()) if "event_days" in labels else cohort,
        names=names,
        comparators=plan_comparators(
            frame, cohort, tables, names=names, kind=spec.prediction_kind, gam=scheme.file.run.gam
        ),
        directions=dict(zip(catalogue["name"], catalogue["direction"], strict=True)),
        seed=scheme.file.run.seed,
    )


def _train_one(scheme: Scheme, task: _Task, search: SearchAid, progress: Progress | None) -> TrainedOutcome:
    block, name = scheme.file.split, task.spec.name
    plan = plan_splits(task.cohort, block, task.seed)

    def tell(number: int, asked: int, best: float) -> None:
        if progress:
            progress(f"tune {name} (best loss {best:.5g})", number, asked)

    tuned = tune(
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
    params = {name: value for name, value in tuned.params.items() if name != "n_estimators"}
    model, predictions = _fit_and_predict(task, plan, params, progress)
    comparators, predictions = task.comparators.keep_fitted(predictions)
    task = replace(task, comparators=comparators)
    metrics, figures = _measure(scheme.file.run, task, predictions, params)
    if progress:
        progress(f"stability {name}", 0, 1)
    refit = Refit(task.spec, task.names, task.directions, params)
    figures["tuning"] = tuned.to_dict()
    figures["stability"] = measure_stability(refit, task.frame.take(plan.kept.train), task.seed)
    counts = {
        "train_members": float(len(task.cohort) if plan.crossed else len(plan.kept.train)),
        "calibration_members": float(len(predictions) if plan.crossed else len(plan.kept.calibration)),
        "test_members": float(len(predictions)),
        "events": float((predictions["observed"] > 0).sum()),
    }
    return TrainedOutcome(model, predictions, metrics, params, counts, figures=figures)


def _measure(
    run: RunBlock, task: _Task, predictions: pd.DataFrame, params: dict[str, Any]
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Measure model and comparators on the test rows: metrics tables, and what the summary says beyond them."""
    columns = ["predicted", *task.comparators.sources]
    compared = compute_comparison(
        predictions["observed"],
        {column: predictions[column].to_numpy() for column in columns},
        predictions["weight"],
        predictions["person_id"],
        kind=task.spec.prediction_kind,
        n_bootstrap=run.n_bootstrap,
        seed=run.seed,
    )
    figures = measure_outcome(
        predictions,
        task.cohort.assign(**{LAB: task.frame.features[LAB]} if LAB in task.frame.features else {}),
        compared.differences,
        task.comparators.absent,
        kind=task.spec.prediction_kind,
        run=run,
    )
    if run.random_split_contrast:
        split = deal_at_random(task.cohort, task.seed)
        contrast = _predict(task, split, _fit(task, split, params))
        figures["random_split"] = measure_contrast(
            compared.metrics["predicted"], contrast, kind=task.spec.prediction_kind, run=run
        )
    return compared.metrics, figures


def _fit_and_predict(
    task: _Task, plan: SplitPlan, params: dict[str, Any], progress: Progress | None
) -> tuple[OutcomeModel, pd.DataFrame]:
    """Fit the kept model and predict every test row by a model that has not seen its person, or its year."""
    parts, raw, grown, kept = [], [], [], None
    whole = len(plan.evaluation) + plan.crossed
    for number, split in enumerate(plan.evaluation):
        _require_events(task, split, number, len(plan.evaluation))
        if progress:
            progress(f"fit {task.spec.name}", number, whole)
        model = _fit(task, split, params)
        kept = model if split is plan.kept else kept
        parts.append(_predict(task, split, model))
        if plan.crossed:
            raw.append(strip(model).predict(task.frame.features.take(split.test)))
            grown.append(model.metadata["trees"]["n_estimators"])
    if plan.crossed:
        # As many trees as the tested ones have: the map would not fit fewer, or more.
        params = {**params, "n_estimators": int(np.median(grown))}
        kept = _fit_crossed(task, plan, params, np.concatenate(raw))
    if progress:
        progress(f"measure {task.spec.name}", whole, whole)
    if kept is None:
        message = f"outcome {task.spec.name!r}: no split is kept."
        raise LeakageError(message)
    return kept, pd.concat(parts, ignore_index=True).sort_values(KEYS, ignore_index=True)


def _fit(task: _Task, split: Split, params: dict[str, Any]) -> OutcomeModel:
    return fit_outcome(
        task.spec, task.frame.take(split.train), task.frame.take(split.calibration), **task.tell_fit(params)
    )


def _require_events(task: _Task, split: Split, number: int, whole: int) -> None:
    """Refuse calibration rows without an event, or with nothing else, by the fold that they calibrate."""
    observed = task.frame.observed[split.calibration]
    if observed.max() > 0 and (task.spec.kind == "cost" or observed.min() <= 0):
        return
    fold, fewer = (f", fold {number + 1} of {whole}", " or fewer folds in [split]") if whole > 1 else ("", "")
    what = "cost" if task.spec.kind == "cost" else "event, or nothing but events"
    message = (
        f"outcome {task.spec.name!r}{fold}: the {len(observed):,} rows to calibrate on hold no {what}. Give a larger "
        f"source{fewer}, or leave the outcome out."
    )
    raise DataContractError(message)


def _fit_crossed(task: _Task, plan: SplitPlan, params: dict[str, Any], raw: NDArray[np.float64]) -> OutcomeModel:
    """Grow the trees on every person, and calibrate them on what trees without that person said of each tested row."""
    tested = np.concatenate([split.test for split in plan.evaluation])
    keys = task.frame.features[KEYS].take(tested).reset_index(drop=True)
    order = keys.sort_values(KEYS).index.to_numpy()
    trees = fit_trees(task.spec, task.frame, **task.tell_fit(params))
    return calibrate_crossed(trees, task.frame.take(tested[order]), raw[order])


def _predict(task: _Task, split: Split, model: OutcomeModel) -> pd.DataFrame:
    test = task.frame.take(split.test)
    columns: dict[str, NDArray[np.float64]] = {"predicted": model.predict(test.features)}
    columns |= task.comparators.predict(task.frame, split.train, split.test)
    keys = test.features[KEYS].reset_index(drop=True)
    return keys.assign(outcome=task.spec.name, observed=test.observed, weight=test.weight, **columns)
