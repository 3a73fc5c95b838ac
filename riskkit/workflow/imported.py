"""Imported equations: probabilities that came from outside, recalibrated through the same door as riskkit's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.data.io import staged
from riskkit.errors import PolicyError
from riskkit.evaluation.metrics import compute_metrics
from riskkit.risk.calibrator import METHODS, Calibrator
from riskkit.risk.group_factors import GroupFactors, fit_group_factors
from riskkit.risk.matrix import assign_folds
from riskkit.risk.recalibration import N_FOLDS, fit_calibrator
from riskkit.risk.settings import CalibrationSettings
from riskkit.risk.spec import read_outcome_spec
from riskkit.workflow.imported_rows import Columns, read_rows, read_table
from riskkit.workflow.summary import metrics_to_dict

if TYPE_CHECKING:
    from pathlib import Path

    FloatArray = np.ndarray[tuple[int], np.dtype[np.float64]]

ALL_MAPS = CalibrationSettings(methods=METHODS["binary"])
SHOWN = ("oe_ratio", "calibration_slope", "ici", "auroc", "brier_score")


@dataclass(frozen=True)
class Recalibrated:
    """A recalibrated column.

    Parameters
    ----------
    predicted : numpy.ndarray of shape (n_rows,)
        Recalibrated probabilities, in the order given.
    calibrator : Calibrator
        The map, fitted on all rows.
    factors : GroupFactors or None
        Shifts by group.
    report : dict
        `method`, `losses`, `rows`, `events`, and the metrics `before` and `after`; those after come from rows that
        the map which made them has not seen.
    """

    predicted: FloatArray
    calibrator: Calibrator
    factors: GroupFactors | None
    report: dict[str, Any]


def recalibrate_column(
    table: pd.DataFrame,
    columns: Columns,
    *,
    rules: CalibrationSettings = ALL_MAPS,
    n_bootstrap: int = 500,
    seed: int = 0,
) -> Recalibrated:
    """Recalibrate a column of probabilities on what happened.

    The map is chosen by held-out log loss over whole persons. Its metrics are cross-fitted: each fifth of the persons
    is measured under a map that was chosen and fitted on the others.

    Parameters
    ----------
    table : pandas.DataFrame of shape (n_rows, n_columns)
        One row a prediction.
    columns : Columns
        What its columns mean.
    rules : CalibrationSettings, default all maps and no group
        Candidate maps, the simplest first, the events that the free ones need, and the columns that are legitimate
        rate factors, for `columns.group`.
    n_bootstrap, seed : int
        Replicates of the intervals over persons, and the seed of folds and draws.

    Returns
    -------
    Recalibrated
        Column, map and metrics.

    Raises
    ------
    DataContractError
        If a column is absent, a probability is missing or outside 0 to 1, an outcome is neither 0 nor 1, only one of
        them occurs, a weight is negative, or a row stands twice.
    PolicyError
        If the group is not declared.

    Examples
    --------
    An equation that says .5 where one in four has the event:

    >>> table = pd.DataFrame({"chd": [0.5] * 400, "observed": [0, 0, 0, 1] * 100})
    >>> rules = CalibrationSettings(methods=("intercept",))
    >>> found = recalibrate_column(table, Columns("chd"), rules=rules, n_bootstrap=0)
    >>> found.predicted[0].round(6), found.report["before"]["oe_ratio"]["value"]
    (np.float64(0.25), 0.5)
    """
    rows = read_rows(table, columns)
    calibrator, factors = _fit(rows, rules, columns.group)
    predicted = _apply(calibrator, factors, rows)
    folds = assign_folds(rows["person_id"].to_numpy(), n_folds=N_FOLDS, seed=seed)
    unseen = np.full(len(rows), np.nan)
    for fold in np.unique(folds):
        out = folds == fold
        seen = rows[~out]
        if seen["observed"].nunique() == 2:
            unseen[out] = _apply(*_fit(seen, rules, columns.group), rows[out])
    report = {
        "column": columns.predicted,
        "method": calibrator.method,
        "losses": dict(calibrator.losses),
        "rows": len(rows),
        "events": int((rows["observed"] > 0).sum()),
        "before": _measure(rows, rows["predicted"].to_numpy(), n_bootstrap, seed),
        "after": _measure(rows, np.where(np.isfinite(unseen), unseen, predicted), n_bootstrap, seed),
    }
    return Recalibrated(predicted, calibrator, factors, report)


def recalibrate_file(
    predictions: Path,
    out: Path,
    columns: Columns,
    *,
    rules: CalibrationSettings = ALL_MAPS,
    n_bootstrap: int = 500,
) -> Recalibrated:
    """Recalibrate a column of a file and write the results.

    Parameters
    ----------
    predictions : pathlib.Path
        A Parquet or CSV file.
    out : pathlib.Path
        Folder that gets the table with `<column>_recalibrated` beside what it held, ``calibrator.json`` and
        ``recalibration.json``; it appears only when it is whole.
    columns : Columns
        What the columns mean.
    rules, n_bootstrap
        As in `recalibrate_column`.

    Returns
    -------
    Recalibrated
        Column, map and metrics.

    Raises
    ------
    DataContractError
        If the file cannot be read, or as in `recalibrate_column`.
    """
    table = read_table(predictions)
    found = recalibrate_column(table, columns, rules=rules, n_bootstrap=n_bootstrap)
    written = table.assign(**{f"{columns.predicted}_recalibrated": found.predicted})
    frozen = {"calibrator": found.calibrator.to_dict(), "groups": found.factors.to_dict() if found.factors else None}
    with staged(out) as stage:
        if predictions.suffix == ".csv":
            written.to_csv(stage / predictions.name, index=False)
        else:
            written.to_parquet(stage / predictions.name, index=False)
        for name, values in (("calibrator.json", frozen), ("recalibration.json", found.report)):
            (stage / name).write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
    return found


def read_rules(outcome: Path | None) -> CalibrationSettings:
    """Read how to recalibrate from an outcome's file.

    Parameters
    ----------
    outcome : pathlib.Path or None
        The file; without it all maps are candidates and no column is a rate factor.

    Returns
    -------
    CalibrationSettings
        The [calibration] block.

    Raises
    ------
    PolicyError
        If the file cannot be read, or is that of a cost.
    """
    if outcome is None:
        return ALL_MAPS
    spec = read_outcome_spec(outcome)
    if spec.kind != "binary":
        message = (
            f"{outcome} kind: found {spec.kind!r}, expected 'binary': probabilities are recalibrated. Name another."
        )
        raise PolicyError(message)
    return spec.calibration


def describe_recalibration(report: dict[str, Any]) -> list[str]:
    """Say before and after in lines for a terminal.

    Parameters
    ----------
    report : dict
        Of `recalibrate_column`.

    Returns
    -------
    list of str
        Lines.
    """
    lines = [f"{report['column']}: {report['rows']:,} rows, {report['events']:,} events, map: {report['method']}"]
    for metric in SHOWN:
        before, after = (_write(report[when][metric]) for when in ("before", "after"))
        lines.append(f"  {metric:18} {before}  ->  {after}")
    return lines


def _write(figure: dict[str, float | None]) -> str:
    """Write a figure with its interval."""
    value, low, high = (figure[name] for name in ("value", "low", "high"))
    shown = "not defined" if value is None else f"{value:.3f}"
    return shown if low is None or high is None else f"{shown} ({low:.3f} to {high:.3f})"


def _fit(rows: pd.DataFrame, rules: CalibrationSettings, group: str | None) -> tuple[Calibrator, GroupFactors | None]:
    """Choose and fit the map and, where asked, the shifts by group."""
    calibrator = fit_calibrator(
        rows["predicted"],
        rows["observed"],
        rows["weight"],
        kind="binary",
        methods=rules.list_candidates("binary"),
        groups=rows["person_id"],
        events_for_isotonic=rules.events_for_isotonic,
    )
    if group is None:
        return calibrator, None
    mapped = rows.assign(predicted=calibrator.apply(rows["predicted"]))
    return calibrator, fit_group_factors(mapped, by=group, kind="binary", declared=rules.groups)


def _apply(calibrator: Calibrator, factors: GroupFactors | None, rows: pd.DataFrame) -> FloatArray:
    """Apply map and shifts."""
    mapped = calibrator.apply(rows["predicted"])
    return mapped if factors is None else factors.apply(mapped, rows[factors.by])


def _measure(rows: pd.DataFrame, predicted: FloatArray, n_bootstrap: int, seed: int) -> dict[str, Any]:
    """Measure one column."""
    table = compute_metrics(
        rows["observed"],
        predicted,
        rows["weight"],
        rows["person_id"],
        kind="binary",
        n_bootstrap=n_bootstrap,
        seed=seed,
    )
    return {name: figure for name, figure in metrics_to_dict(table).items() if name in SHOWN}
