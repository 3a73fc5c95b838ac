"""Evaluate: a kept bundle held against what happened on a source that it has not seen."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from riskkit.data.staging import keep_source, staged
from riskkit.errors import DataContractError
from riskkit.evaluation.metrics import compute_metrics
from riskkit.features.contents import make_catalogue
from riskkit.report.evaluation_page import make_evaluation_document
from riskkit.report.render import write_page
from riskkit.risk.few_events import LEAST_EVENTS, check_level, count_telling
from riskkit.risk.hazard_model import HazardModel, list_stored
from riskkit.workflow.hazard_members import find_hazard_members
from riskkit.workflow.horizon_metrics import HorizonRows, account_for_rows, measure_horizon
from riskkit.workflow.learnt import say_learnt
from riskkit.workflow.members import FeaturePlan, build_members, label_members
from riskkit.workflow.source import open_source, require_tables
from riskkit.workflow.summary import describe_model, metrics_to_dict, summarise_source
from riskkit.workflow.windows import find_open_windows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from riskkit.data.io import Tables
    from riskkit.data.quality import OnBadRows
    from riskkit.risk.hazard_model import HorizonModel
    from riskkit.risk.model import OutcomeModel
    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.hazard_members import HazardMembers
    from riskkit.workflow.members import Members

    Progress = Callable[[str, int, int], None]

KEYS = ["person_id", "index_date"]


@dataclass(frozen=True)
class Effort:
    """How intervals are made.

    Parameters
    ----------
    n_bootstrap : int, default 500
        Replicates over persons.
    seed : int, default 0
        Their seed.
    """

    n_bootstrap: int = 500
    seed: int = 0


def evaluate_source(
    bundle: Bundle,
    source: Path,
    out: Path,
    *,
    index_dates: Sequence[date] = (),
    effort: Effort | None = None,
    on_bad_rows: OnBadRows = "refuse",
    other_persons: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Predict the members of a source at past index dates and measure against what happened.

    Parameters
    ----------
    bundle : Bundle
        The kept models; nothing of them is fitted anew.
    source : pathlib.Path
        Source in the layout of the bundle's adapter, with persons that the models have not seen.
    out : pathlib.Path
        Folder that gets ``summary.json``, ``predictions.parquet`` and ``report.html``.
    index_dates : sequence of datetime.date, optional
        Index dates whose outcome windows the source covers; the last index date of the bundle's cohort where absent.
    effort : Effort, optional
        Bootstrap of the intervals.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    other_persons : bool, default False
        The source holds persons that the models have not seen, also at the index dates that taught them.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    dict
        The summary: `seen` (that the models learnt from an index date, None where from none), `model`, `index_dates`,
        `outcomes.<name>.test.<metric>` with intervals, `outcomes.<name>.level_p_value` (of a level further off than
        this one if it holds; None on too few events to tell), `not_measured` (why, by outcome of which no window has
        closed on the source, by outcome and index date where some have, and by horizon of a hazard that no member of
        the source was followed to), `data`. A horizon of a hazard has its `follow_up` besides, as after training.

    Raises
    ------
    DataContractError
        If the source cannot be read, lacks a table that the models learnt from, or nobody counts for an outcome; if no
        window of any outcome has closed; for a hazard, if no horizon of it has.
    """
    keep_source(source, out)
    days = list(index_dates) or list(bundle.cohort.index_dates[-1:])
    plan = FeaturePlan(make_catalogue(bundle.code_lists), bundle.catalogue, bundle.code_lists)
    with tempfile.TemporaryDirectory(prefix="riskkit-") as scratch, staged(out) as stage:
        opened = open_source(bundle.adapter, source, Path(scratch), on_bad_rows=on_bad_rows, progress=progress)
        require_tables(opened, bundle.tables)
        members = build_members(opened.tables, bundle.cohort, plan, index_dates=days, progress=progress)
        measured = _measure_all(bundle, members, opened.tables, effort or Effort(), progress)
        summary = {
            "seen": None if other_persons else say_learnt(bundle.learnt, members.cohort),
            "other_persons": other_persons,
            "model": bundle.scheme,
            "index_dates": [day.isoformat() for day in days],
            "outcomes": measured.outcomes,
            "not_measured": measured.not_measured,
            "data": summarise_source(opened),
        }
        predictions = pd.concat(measured.rows, ignore_index=True)
        predictions.to_parquet(stage / "predictions.parquet", index=False)
        text = json.dumps(summary, ensure_ascii=False, indent=1, allow_nan=False, default=str)
        (stage / "summary.json").write_text(text, encoding="utf-8")
        write_page(make_evaluation_document(summary, predictions), stage)
    return summary


@dataclass(frozen=True)
class _Measured:
    """Rows and figures by prediction column, and why a horizon has none."""

    rows: list[pd.DataFrame] = field(default_factory=list)
    outcomes: dict[str, Any] = field(default_factory=dict)
    not_measured: dict[str, str] = field(default_factory=dict)


def _measure_all(
    bundle: Bundle, members: Members, tables: Tables, effort: Effort, progress: Progress | None
) -> _Measured:
    """Label and measure every stored model, the horizons of a hazard together."""
    measured = _Measured()
    stored = list_stored(bundle.models)
    for done, (name, model) in enumerate(stored.items()):
        if progress:
            progress(f"measure {name}", done, len(stored))
        labels = label_members(members.cohort, tables, model.spec, code_lists=bundle.code_lists)
        if isinstance(model, HazardModel):
            held = find_hazard_members(model.spec, members.cohort, members.features, labels)
            measured.not_measured.update(_find_open(held))
            found = _measure_horizons(model, held, effort)
        else:
            open_dates = find_open_windows(members.cohort, tables.paths, model.spec)
            whole = set(open_dates) == set(members.cohort["index_date"])
            measured.not_measured.update(
                {name if whole else f"{name} at {day:%Y-%m-%d}": why for day, why in open_dates.items()}
            )
            if whole:
                continue
            rows = _predict(model, members, labels)
            found = {name: (rows, _measure(model, rows, effort))}
        for column, (rows, figures) in found.items():
            measured.rows.append(rows.assign(outcome=column))
            measured.outcomes[column] = figures
    if not measured.outcomes:
        message = (
            f"no outcome can be measured on the source: {next(iter(measured.not_measured.values()))}. Give an "
            "--index-date whose outcome window the source covers."
        )
        raise DataContractError(message)
    return measured


def _predict(model: OutcomeModel, members: Members, labels: pd.DataFrame) -> pd.DataFrame:
    """Join what a model says and what happened, for the members who count."""
    counted = np.flatnonzero(labels["weight"].to_numpy() > 0)
    if not len(counted):
        message = (
            f"outcome {model.spec.name!r}: nobody counts on the source, expected members with exposure after the index "
            "date. Give an --index-date whose outcome window the source covers."
        )
        raise DataContractError(message)
    tested = labels.take(counted)[[*KEYS, "observed", "weight"]].reset_index(drop=True)
    return tested.assign(predicted=model.predict(members.features.take(counted)))


def _measure(model: OutcomeModel, tested: pd.DataFrame, effort: Effort) -> dict[str, Any]:
    table = compute_metrics(
        tested["observed"],
        tested["predicted"],
        tested["weight"],
        tested["person_id"],
        kind=model.spec.prediction_kind,
        n_bootstrap=effort.n_bootstrap,
        seed=effort.seed,
    )
    figures = _describe(model, len(tested), int((tested["observed"] > 0).sum()), table)
    return {**figures, "level_p_value": _test_level(tested, model.spec.prediction_kind)}


def _test_level(tested: pd.DataFrame, kind: Literal["binary", "cost"]) -> float | None:
    """Compute the chance of a level further off than this one if the level holds; None on too few events to tell."""
    rows = tested[tested["weight"] > 0]
    predicted, observed, weight = (rows[name].to_numpy(np.float64) for name in ("predicted", "observed", "weight"))
    persons = pd.factorize(rows["person_id"])[0]
    expected = float(weight @ predicted) / float(weight.mean())
    if count_telling(observed, persons, kind) < LEAST_EVENTS and (kind == "cost" or expected < LEAST_EVENTS):
        return None
    return check_level(predicted, observed, weight, persons, kind=kind)[1]


def _find_open(held: HazardMembers) -> dict[str, str]:
    """Find the horizons that have not closed on the source; refuse a source on which none has."""
    not_closed = held.find_open()
    if len(not_closed) == len(held.spec.columns):
        reason = next(iter(not_closed.values()))
        message = (
            f"outcome {held.spec.name!r}: no horizon has closed on the source, {reason}. Give an --index-date whose "
            "outcome window the source covers."
        )
        raise DataContractError(message)
    return not_closed


def _measure_horizons(
    model: HazardModel, held: HazardMembers, effort: Effort
) -> dict[str, tuple[pd.DataFrame, dict[str, Any]]]:
    """Measure each horizon that has closed under censoring: its rows and its figures, by prediction column."""
    frame, ages = held.frame(), held.cohort["age_years"].to_numpy(np.float64)
    predicted, not_closed = model.predict(frame.features), held.find_open()
    measured = {}
    for place, (column, horizon) in enumerate(model.columns.items()):
        if column in not_closed:
            continue
        rows = HorizonRows(frame, pd.DataFrame({"predicted": predicted[:, place]}), ages, place, horizon)
        found = measure_horizon(rows, n_bootstrap=effort.n_bootstrap, seed=effort.seed)
        account = account_for_rows(
            rows, rows_in=len(ages), rows_for_tuning=0, rows_to_train=0, prevalent=held.prevalent
        )
        figures = _describe(horizon, len(ages), account["events"], found.metrics["predicted"])
        tested = rows.predictions[[*KEYS, "observed", "weight", "predicted"]]
        figures["level_p_value"] = _test_level(tested, "binary")
        measured[column] = (tested, {**figures, "follow_up": found.follow_up | account})
    return measured


def _describe(model: OutcomeModel | HorizonModel, members: int, events: int, table: pd.DataFrame) -> dict[str, Any]:
    return {
        **describe_model(model),
        "test_members": members,
        "events": events,
        "test": metrics_to_dict(table),
    }
