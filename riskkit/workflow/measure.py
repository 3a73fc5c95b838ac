"""What a report says of an outcome beyond its metrics: differences, teams, groups, months, lift and decisions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.evaluation.calibration_errors import compute_calibration_errors
from riskkit.evaluation.cluster_sums import compute_clustered_metrics
from riskkit.evaluation.corp import compute_score_parts
from riskkit.evaluation.group_performance import compute_group_performance, name_age_bands
from riskkit.evaluation.lift import compute_lift, compute_net_benefit
from riskkit.evaluation.metrics import compute_metrics
from riskkit.evaluation.monthly import compute_follow_up_performance, name_follow_up_months
from riskkit.workflow.random_split import SplitContrast
from riskkit.workflow.summary import metrics_to_dict

if TYPE_CHECKING:
    from riskkit.evaluation.sample import Kind
    from riskkit.workflow.scheme_file import RunBlock

KEYS = ["person_id", "index_date"]
GROUPINGS = ("age_band", "sex", "region", "insurance_type", "institution_level", "urban", "membership", "labs")
FEWEST_TEAMS = 10
SMALLEST_CELL = 11
SHARES = (0.01, 0.05, 0.1)
TIMES_THE_RATE = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Thresholds of the decision curve, as multiples of the overall rate: where a programme may reasonably begin."""

LAB = "hba1c_latest_730d"


def measure_outcome(
    predictions: pd.DataFrame,
    context: pd.DataFrame,
    differences: pd.DataFrame,
    absent: dict[str, str],
    *,
    kind: Kind,
    run: RunBlock,
) -> dict[str, Any]:
    """Gather what the summary says of an outcome beyond its metrics.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Test rows: keys, `observed`, `predicted`, `weight`.
    context : pandas.DataFrame
        Every row of the outcome, trained on or tested: keys, context columns, the latest HbA1c where it is built and,
        where the day of the event is known, `event_days`.
    differences : pandas.DataFrame
        Paired differences, as `compute_comparison` gives them.
    absent : dict of str to str
        Comparators that could not be had, and why.
    kind : {"binary", "cost"}
        What is predicted.
    run : RunBlock
        Seed and bootstrap.

    Returns
    -------
    dict
        `differences`, `comparators_absent`, `test_teams`, `by_group`, `new_members`, `continuing`, `by_month`, `lift`,
        `score_parts` and for binary outcomes `decision_curve` and, in `test`, `e50`, `e90` and `emax`.
    """
    columns = ["predicted", "observed", "weight"]
    rows = predictions[[*KEYS, *columns]].merge(_describe_rows(context), on=KEYS, how="left", validate="one_to_one")
    keys = (rows["observed"], rows["predicted"], rows["weight"], rows["person_id"])
    options = {"n_bootstrap": run.n_bootstrap, "seed": run.seed}
    by_group = compute_group_performance(rows, [name for name in GROUPINGS if name in rows], kind=kind, **options)
    lift = compute_lift(*keys, shares=SHARES, **options)
    figures: dict[str, Any] = {
        "differences": _nest_differences(differences),
        "comparators_absent": absent,
        "test_teams": _measure_teams(rows, kind, run),
        "by_group": to_records(by_group),
        "new_members": _pick_membership(by_group, "new"),
        "continuing": _pick_membership(by_group, "continuing"),
        "by_month": _measure_months(rows, context, run) if kind == "binary" else None,
        "lift": to_records(lift),
        "score_parts": to_records(compute_score_parts(*keys[:3], kind=kind))[0],
    }
    if kind == "cost":
        return figures
    errors = metrics_to_dict(compute_calibration_errors(*keys, **options))
    rate = float(np.average(rows["observed"], weights=rows["weight"]))
    cuts = [rate * times for times in TIMES_THE_RATE if 0 < rate * times < 1]
    decisions = compute_net_benefit(*keys, thresholds=cuts, **options)
    return {**figures, "test": errors, "decision_curve": to_records(decisions)}


def measure_contrast(temporal: pd.DataFrame, predictions: pd.DataFrame, *, kind: Kind, run: RunBlock) -> dict[str, Any]:
    """Set the metrics of a random split beside the temporal ones.

    Parameters
    ----------
    temporal : pandas.DataFrame
        Metrics table of the split by time.
    predictions : pandas.DataFrame
        Test rows of the random split.
    kind : {"binary", "cost"}
        What is predicted.
    run : RunBlock
        Seed and bootstrap.

    Returns
    -------
    dict
        `temporal` and `random`, each by metric.
    """
    columns = (predictions[name] for name in ("observed", "predicted", "weight", "person_id"))
    found = metrics_to_dict(compute_metrics(*columns, kind=kind, n_bootstrap=run.n_bootstrap, seed=run.seed))
    twin = metrics_to_dict(temporal)
    kept = {name: figure for name, figure in found.items() if twin[name]["value"] is not None}
    return SplitContrast(temporal={name: twin[name] for name in kept}, random=kept).to_dict()


def to_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn a frame into plain rows; a missing figure becomes None, as JSON has no NaN.

    Parameters
    ----------
    table : pandas.DataFrame
        Any frame.

    Returns
    -------
    list of dict
        One a row.

    Examples
    --------
    >>> to_records(pd.DataFrame({"share": [0.1], "low": [float("nan")]}))
    [{'share': 0.1, 'low': None}]
    """
    rows = table.to_dict("records")
    return [
        {str(name): None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
        for row in rows
    ]


def _describe_rows(context: pd.DataFrame) -> pd.DataFrame:
    """Name the groups of each row, as reports show them."""
    named = [name for name in (*GROUPINGS, "team_id", "event_days") if name in context]
    rows = context[[*KEYS, *named]].assign(age_band=name_age_bands(context["age_years"]))
    if "institution_level" in rows:
        level = rows["institution_level"].astype("Float64").astype("object")
        rows["institution_level"] = [None if pd.isna(value) else f"level {value:g}" for value in level]
    if context["index_date"].min() < context["index_date"].max() and context["person_id"].duplicated().any():
        first = context.groupby("person_id")["index_date"].transform("min")
        rows["membership"] = np.where(context["index_date"] > first, "continuing", "new")
    if LAB in context:
        rows["labs"] = np.where(context[LAB].isna(), "no HbA1c in 2 years", "HbA1c known")
    return rows


def _nest_differences(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {}
    for row in to_records(table):
        figures = {name: row[name] for name in ("value", "low", "high", "better")}
        nested.setdefault(row["comparator"], {})[row["metric"]] = figures
    return nested


def _measure_teams(rows: pd.DataFrame, kind: Kind, run: RunBlock) -> dict[str, Any] | None:
    """Figures with intervals over teams, whose members share a doctor and a coder; None with hardly a team."""
    if "team_id" not in rows:
        return None
    known = rows[rows["team_id"].notna()]
    n_teams = int(known["team_id"].nunique())
    if n_teams < FEWEST_TEAMS:
        return None
    keys = (known["observed"], known["predicted"], known["weight"], known["team_id"].astype("str"))
    table = compute_clustered_metrics(*keys, kind=kind, n_bootstrap=run.n_bootstrap, seed=run.seed)
    return {"teams": n_teams, "members": len(known), **metrics_to_dict(table)}


def _pick_membership(by_group: pd.DataFrame, name: str) -> dict[str, Any] | None:
    """Members whom the earlier years knew, or did not; None where every member is of one kind."""
    membership = by_group[by_group["grouping"] == "membership"]
    part = membership[membership["group"] == name]
    if membership["group"].nunique() < 2 or part["n_persons"].isna().any():
        return None
    members = {"members": int(part["n_persons"].iloc[0])}
    return members if part["suppressed"].any() else {**members, **metrics_to_dict(part)}


def _measure_months(rows: pd.DataFrame, context: pd.DataFrame, run: RunBlock) -> list[dict[str, Any]] | None:
    """Figures by month of follow-up, against what each month held in the years before the test."""
    if "event_days" not in rows or rows["event_days"].notna().sum() < SMALLEST_CELL:
        return None
    tested = context.set_index(KEYS).index.isin(pd.MultiIndex.from_frame(rows[KEYS]))
    earlier = context.loc[~tested, "event_days"].dropna()
    months = name_follow_up_months(earlier if len(earlier) else rows["event_days"].dropna())
    shares = np.bincount(months.astype(int) - 1).astype(np.float64)
    if len(shares) < 2:
        return None
    table = compute_follow_up_performance(rows, shares / shares.sum(), n_bootstrap=run.n_bootstrap, seed=run.seed)
    return to_records(table)
