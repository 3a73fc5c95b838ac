"""The summary of a run: every figure that others rely on, as plain JSON values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from riskkit.evaluation.metrics import compute_metrics
from riskkit.risk.hazard_horizons import DAYS_OF_YEAR, name_horizon

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.risk.hazard_model import HorizonModel
    from riskkit.risk.model import OutcomeModel
    from riskkit.risk.spec import OutcomeSpec
    from riskkit.workflow.scheme_file import RunBlock
    from riskkit.workflow.source import OpenSource
    from riskkit.workflow.trained import TrainedOutcome

KEYS = ["person_id", "index_date"]
DISCRIMINATION = {"binary": "auroc", "cost": "r2"}
CLOSENESS = {"binary": ("calibration_slope", "ici"), "cost": ("calibration_slope",)}
"""What chance alone leaves of calibration: the figures of the true risk on the same test rows."""


def metrics_to_dict(table: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Turn a metrics table into ``{metric: {value, low, high}}``.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `metric`, `value`, `low`, `high`.

    Returns
    -------
    dict
        Missing figures become None, as JSON has no NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> metrics_to_dict(pd.DataFrame({"metric": ["auroc"], "value": [0.7], "low": [float("nan")], "high": [0.8]}))
    {'auroc': {'value': 0.7, 'low': None, 'high': 0.8}}
    """
    rows = table.set_index("metric")[["value", "low", "high"]].to_dict("index")
    return {
        str(metric): {str(name): None if math.isnan(value) else float(value) for name, value in row.items()}
        for metric, row in rows.items()
    }


def summarise_outcome(trained: TrainedOutcome) -> dict[str, Any]:
    """Collect the figures of one outcome.

    Parameters
    ----------
    trained : TrainedOutcome
        The outcome.

    Returns
    -------
    dict
        Title, kind, policy, counts, parameters, calibration, `test`, `comparators` and what `measure_outcome` adds.
    """
    model = trained.model
    tables = {name: metrics_to_dict(table) for name, table in trained.metrics.items()}
    return {
        **describe_model(model),
        "title_zh": model.spec.title_zh,
        **{name: int(value) for name, value in trained.counts.items()},
        "params": trained.params,
        "n_trees": [booster.num_trees() for booster in model.boosters],
        **({"follow_up": trained.follow_up} if trained.follow_up else {}),
        "test": tables.pop("predicted") | trained.figures.get("test", {}),
        "comparators": tables,
        **{name: value for name, value in trained.figures.items() if name != "test"},
    }


def describe_model(model: OutcomeModel | HorizonModel) -> dict[str, Any]:
    """Say what a model predicts, from how many features, and how it is calibrated.

    Parameters
    ----------
    model : OutcomeModel or HorizonModel
        The model.

    Returns
    -------
    dict
        `title`, `kind`, `policy`, `n_features`, `calibration`, and where a part of the cost is counted `counts`.
    """
    spec, options = model.spec, model.spec.label_options
    part = {"cap": None if options.cap is None else options.cap.value, "settings": list(options.settings)}
    return {
        "title": spec.title,
        "kind": spec.prediction_kind,
        "policy": spec.policy,
        "n_features": len(model.feature_names),
        "calibration": {"method": model.calibrator.method, **_say_uncalibrated(model)},
        **({"counts": part} if options.counts_part else {}),
    }


def _say_uncalibrated(model: OutcomeModel | HorizonModel) -> dict[str, str]:
    """Say why the step of a horizon has no map of its own, where that is so."""
    spec, facts = model.spec, model.metadata
    if spec.name not in facts.get("not_calibrated", ()):
        return {}
    followed = facts.get("calibration_followed_days")
    longest = "" if followed is None else f" (the longest for {followed:g} days)"
    reason = (
        f"no calibration member was followed for {spec.horizon_days} days{longest}: what the trees say of the time "
        "since the horizon before is taken as it is"
    )
    return {"not_calibrated": reason}


def compare_with_truth(trained: TrainedOutcome, truth: pd.DataFrame, run: RunBlock) -> dict[str, Any] | None:
    """Set a model beside the true risk of a synthetic cohort, which no model has read.

    Parameters
    ----------
    trained : TrainedOutcome
        The outcome with its test predictions.
    truth : pandas.DataFrame
        Keys and one column per outcome with the true probability or expected cost.
    run : RunBlock
        Seed and bootstrap.

    Returns
    -------
    dict or None
        `metric` (its name), the figures of the true risk under the names of `test`, discrimination of the model on the
        same rows (`model`), and the ratio of the two; None where the truth has no such outcome, as of a part of
        the cost. The truth is of one year, so a column of a longer horizon has none.
    """
    spec = trained.model.spec
    column = name_truth(spec)
    if column not in truth or spec.label_options.counts_part:
        return None
    joined = trained.predictions.merge(truth[[*KEYS, column]], on=KEYS, how="inner", validate="one_to_one")
    # One whose complication nobody wrote down in the washout has no true chance of a first one.
    joined = joined[joined[column].notna()]
    true, own = (
        metrics_to_dict(
            compute_metrics(
                joined["observed"],
                joined[name],
                joined["weight"],
                joined["person_id"],
                kind=spec.prediction_kind,
                n_bootstrap=replicates,
                seed=run.seed,
            )
        )
        for name, replicates in ((column, run.n_bootstrap), ("predicted", 0))
    )
    metric = DISCRIMINATION[spec.kind]
    model, reached = own[metric]["value"], true[metric]["value"]
    ratio = None if not reached or model is None else model / reached
    shown = {name: true[name] for name in (metric, *CLOSENESS[spec.kind])}
    return {"metric": metric, **shown, "model": model, "ratio": ratio}


def name_truth(spec: OutcomeSpec) -> str:
    """Name the column of the truth that an outcome is held against.

    Parameters
    ----------
    spec : OutcomeSpec
        The outcome, or one horizon of a hazard.

    Returns
    -------
    str
        The outcome's own name, without that of a horizon of one year; of both costs the one expected cost.
    """
    if spec.name == "payment_cost":
        return "next_year_cost"
    return spec.name.removesuffix(f"_{name_horizon(DAYS_OF_YEAR)}")


def judge_gates(spec: OutcomeSpec, test: dict[str, dict[str, float | None]], events: float) -> list[dict[str, Any]]:
    """Hold an outcome's figures against its acceptance limits.

    Parameters
    ----------
    spec : OutcomeSpec
        The outcome with its limits.
    test : dict
        Test metrics, from `metrics_to_dict`.
    events : float
        Test rows with an event, or with a cost.

    Returns
    -------
    list of dict
        `name`, `outcome`, `figure`, `limit` (text) and `verdict`: ``"pass"``, ``"fail"``, or
        ``"inconclusive"`` where the figure is outside but its interval reaches the limits or the events are too few.
    """
    gates = []
    limits = spec.acceptance.model_dump(exclude={"reference", "effective", "minimum_events"}, exclude_none=True)
    for key, limit in limits.items():
        metric = key.removesuffix("_min")
        low, high = (limit, math.inf) if key.endswith("_min") else limit
        found = test[metric]
        verdict = _judge(found, low, high)
        if verdict == "fail" and events < spec.acceptance.minimum_events:
            verdict = "inconclusive"
        words = f"at least {low:g}" if high == math.inf else f"{low:g} to {high:g}"
        gates.append(
            {
                "name": f"{spec.name}.{metric}",
                "outcome": spec.name,
                "figure": found["value"],
                "limit": words,
                "verdict": verdict,
            }
        )
    return gates


def _judge(found: dict[str, float | None], low: float, high: float) -> str:
    """Pass inside the limits; fail where even the interval lies outside; else there is too little data to say."""
    figure, least, most = (found[name] for name in ("value", "low", "high"))
    if figure is None:
        return "fail"
    if low <= figure <= high:
        return "pass"
    reaches = least is not None and most is not None and least <= high and most >= low
    return "inconclusive" if reaches else "fail"


def judge_drift(drift: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Turn the drift verdicts into gates: a refused model must not be promoted.

    A model that is off and was left as it is, because the year holds too few events to tell, is inconclusive. Where the
    ranking is lost the figure is the ordered Gini ratio, else observed over expected.

    Parameters
    ----------
    drift : dict or None
        The drift part of the summary.

    Returns
    -------
    list of dict
        As `judge_gates`.
    """
    if drift is None:
        return []
    return [
        {"name": f"{name}.drift", "outcome": name, **_judge_finding(found, drift["limits"])}
        for name, found in drift["outcomes"].items()
    ]


def _judge_finding(found: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    """Give the figure that the verdict rests on, with its limit."""
    (low, high), ratio, refused = limits["refuse"], found["oe_ratio"], found["verdict"] == "refuse"
    if refused and ratio is not None and low <= ratio <= high:
        return {"figure": found["gini"], "limit": f"Gini above {limits['minimum_gini']:g}", "verdict": "fail"}
    verdict = "fail" if refused else "inconclusive" if found["left"] else "pass"
    return {"figure": ratio, "limit": f"{low:g} to {high:g}", "verdict": verdict}


def summarise_source(source: OpenSource) -> dict[str, Any]:
    """Collect what came in: hashes, rows, and the adapter's account.

    Parameters
    ----------
    source : OpenSource
        The opened source.

    Returns
    -------
    dict
        `hashes`, `rows_in`, `accepted`, `quarantined`, `adapter`, `reconciliation`.
    """
    quality = source.tables.quality
    adapter = source.adapter.to_dict() if source.adapter else None
    return {
        "hashes": source.tables.hashes,
        "rows_in": quality.rows_in,
        "accepted": quality.rows_accepted,
        "quarantined": quality.rows_quarantined,
        "tables": {table.table: table.rows_accepted for table in quality.tables},
        "adapter": adapter,
        "reconciliation": adapter["reconciliation"] if adapter else None,
    }
