"""Drift of a hazard: each horizon that has closed in a later year judged, and the maps of its steps updated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.evaluation.outcome_drift import OutcomeDrift, judge_outcome_drift
from riskkit.risk.hazard_update import find_hazard_update, update_hazard
from riskkit.risk.matrix import assign_folds
from riskkit.workflow.drift import describe_update, without_nan
from riskkit.workflow.drift_words import say_finding
from riskkit.workflow.hazard_members import HazardMembers, find_hazard_members
from riskkit.workflow.horizon_metrics import HorizonRows, MeasuredHorizon, measure_horizon
from riskkit.workflow.members import label_members
from riskkit.workflow.summary import metrics_to_dict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from riskkit.data.io import Tables
    from riskkit.risk.hazard_model import HazardModel
    from riskkit.risk.updating import Choice, Update
    from riskkit.workflow.members import Members
    from riskkit.workflow.scheme_file import DriftBands, RunBlock

WIDTH = 2 * 1.96
"""Width of a 95% interval in standard errors."""


@dataclass(frozen=True)
class HazardFinding:
    """What a later year said about one hazard.

    Parameters
    ----------
    model : HazardModel
        The model to go on with: as it was, or with maps that were updated.
    reports : dict of str to dict
        By prediction column of a horizon that has closed: as the report of `check_drift`.
    not_judged : dict of str to str
        Why the others are not judged.
    """

    model: HazardModel
    reports: dict[str, dict[str, Any]]
    not_judged: dict[str, str]


def check_hazard_drift(
    model: HazardModel,
    later: Members,
    tables: Tables,
    *,
    block: DriftBands,
    run: RunBlock,
    code_lists: pd.DataFrame | None = None,
) -> HazardFinding:
    """Apply a hazard to a later year, judge each horizon that has closed, and update the maps of its steps.

    Parameters
    ----------
    model : HazardModel
        The kept model.
    later : Members
        Members at the later index date.
    tables : Tables
        Canonical tables, as far as they reach.
    block : DriftBands
        Limits.
    run : RunBlock
        Seed and bootstrap.
    code_lists : pandas.DataFrame, optional
        Every code list; needed where the outcome names groups of them.

    Returns
    -------
    HazardFinding
        Observed is the incidence under censoring (Aalen and Johansen), expected the mean prediction of all members.
        The closed test chooses each closed step's update on half of the persons, whatever the verdict, which speaks of
        level and ranking alone. The metrics after it, of the other half, stand from the first horizon on that is
        changed or to be recalibrated: a later horizon holds the earlier one. Where a closed horizon is refused, nothing
        is changed. A horizon that has not closed is not judged, and its step keeps its map.
    """
    labels = label_members(later.cohort, tables, model.spec, code_lists=code_lists)
    held = find_hazard_members(model.spec, later.cohort, later.features, labels)
    not_judged = held.find_open()
    every = np.arange(len(held.labels))
    closed = [place for place, name in enumerate(model.spec.columns) if name not in not_judged]
    measured = _measure(model, held, every, closed, run)
    found = {place: _judge(measured[place], block) for place in closed}
    verdicts = {place: found[place].verdict for place in closed}
    renewed, updates, after = _update(model, held, verdicts, run)
    reports = {}
    for place in closed:
        one = found[place]
        report: dict[str, Any] = {**without_nan(one.to_dict()), "members": len(every)}
        report["before"] = metrics_to_dict(measured[place].metrics["predicted"])
        report["after"] = after.get(place)
        update = updates.get(place)
        report["update"] = update and _describe(update, one, tried=place in after)
        # a later horizon holds the earlier steps, and is mended with them
        moved = any(first in after and updates[first].choice != "keep" for first in updates if first <= place)
        report["left"] = one.verdict == "recalibrate" and not moved
        column = model.columns[model.spec.columns[place]]
        reports[column.spec.name] = {**report, "message": say_finding(column.spec.title, report, step=bool(place))}
    return HazardFinding(renewed, reports, not_judged)


def _judge(measured: MeasuredHorizon, block: DriftBands) -> OutcomeDrift:
    """Judge one horizon by its figures under censoring; of a 0/1 outcome the ordered Gini ratio is 2 AUROC - 1."""
    ratio, area = (
        {key: math.nan if value is None else value for key, value in measured.follow_up[name].items()}
        for name in ("oe_ratio", "auroc")
    )
    gini = 2 * area["value"] - 1
    return judge_outcome_drift(ratio["value"], ratio["low"], ratio["high"], gini=gini, limits=block.limits)


def _measure(
    model: HazardModel, held: HazardMembers, rows: NDArray[np.int64], places: Iterable[int], run: RunBlock
) -> dict[int, MeasuredHorizon]:
    """Measure some horizons on some rows, which are predicted once."""
    frame = held.frame(rows)
    predicted = model.predict(frame.features)
    ages = held.cohort["age_years"].to_numpy(np.float64)[rows]
    measured = {}
    for place in places:
        column = model.columns[model.spec.columns[place]]
        horizon = HorizonRows(frame, pd.DataFrame({"predicted": predicted[:, place]}), ages, place, column)
        measured[place] = measure_horizon(horizon, n_bootstrap=run.n_bootstrap, seed=run.seed)
    return measured


def _update(
    model: HazardModel, held: HazardMembers, verdicts: Mapping[int, str], run: RunBlock
) -> tuple[HazardModel, dict[int, Update], dict[int, dict[str, Any]]]:
    """Choose the updates on half of the persons, measure them on the other half, and fit them on all.

    Where a horizon is refused, the tests of the others are said and change nothing.
    """
    half = assign_folds(held.labels["person_id"], n_folds=2, seed=run.seed)
    seen, unseen = (np.flatnonzero(half == number) for number in (0, 1))
    tested = {
        place: find_hazard_update(model, held.frame(seen), place)
        for place, verdict in verdicts.items()
        if verdict != "refuse"
    }
    updates = {place: update for place, update in tested.items() if update is not None}
    if "refuse" in verdicts.values():
        return model, updates, {}
    choices: dict[int, Choice] = {place: update.choice for place, update in updates.items()}
    moved = [place for place in verdicts if verdicts[place] != "stable" or choices.get(place, "keep") != "keep"]
    if not moved:
        return model, updates, {}
    tried = update_hazard(model, held.frame(seen), choices)
    touched = _measure(tried, held, unseen, [place for place in verdicts if place >= moved[0]], run)
    after = {place: metrics_to_dict(found.metrics["predicted"]) for place, found in touched.items()}
    return update_hazard(model, held.frame(), choices), updates, after


def _describe(update: Update, found: OutcomeDrift, *, tried: bool) -> dict[str, Any]:
    """Write the closed test of one step with what it could have found."""
    # Both halves vary, each with twice the variance of the whole.
    error = 2 * (found.high - found.low) / WIDTH / found.oe_ratio if tried else None
    return {**describe_update(update, tried=tried), "oe_error_of_other_half": error}
