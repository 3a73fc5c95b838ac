"""The record of a run in MLflow: a parent with the report, a child per outcome, and the bundle in the registry."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskkit import tracking
from riskkit.workflow.request_history import HISTORY
from riskkit.workflow.score import answer_request

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.scheme import Scheme

REQUIREMENTS = ("lightgbm", "mlflow", "numpy", "pandas", "pydantic", "scikit-learn", "scipy", "duckdb", "sqlglot")


def record_run(scheme: Scheme, summary: dict[str, Any], bundle: Bundle, members: pd.DataFrame, stage: Path) -> str:
    """Record a retraining and register its bundle.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    summary : dict
        The summary of the run.
    bundle : Bundle
        The bundle.
    members : pandas.DataFrame
        Members that were scored; two of them, hashed, show what a request looks like.
    stage : pathlib.Path
        Folder with report, explanations and bundle.

    Returns
    -------
    str
        The version in the registry; its alias is that of the summary, by `choose_alias`.
    """
    tags = {f"data.{table}": digest for table, digest in summary["data"]["hashes"].items()}
    tags |= {"riskkit.version": version("riskkit"), "riskkit.scheme": scheme.name}
    with tracking.start_run(scheme.registered_name, f"retrain {scheme.name}"):
        tracking.log_record(params=scheme.file.run.model_dump(), metrics=_rate_metrics(summary), tags=tags)
        tracking.log_files(stage, ["summary.json", "report.html", "certificate.json"])
        for name in bundle.models:
            figures = summary["outcomes"][name]
            with tracking.start_run(scheme.registered_name, name, nested=True):
                tracking.log_record(
                    params={**bundle.models[name].spec.model.model_dump(), **figures["params"]},
                    metrics=_flatten(figures["test"]) | _stability_metrics(figures.get("stability")),
                    tags={**tags, "outcome": name, **_tell_absence(figures)},
                    folder=stage / "explanations" / name,
                )
        alias = choose_alias(scheme, summary["gates"])
        number = tracking.register_bundle(
            name=scheme.registered_name,
            code_file=Path(__file__).with_name("pyfunc_model.py"),
            bundle=stage / "bundle",
            alias=alias,
            columns=_columns(bundle),
            answer=answer_request(bundle, members.head(2)),
            requirements=[f"{package}=={version(package)}" for package in REQUIREMENTS],
        )
    return number


def choose_alias(scheme: Scheme, gates: list[dict[str, Any]]) -> str:
    """Say which alias a new version gets.

    Parameters
    ----------
    scheme : Scheme
        The scheme, for its name in the registry.
    gates : list of dict
        The gates with their verdicts.

    Returns
    -------
    str
        ``"champion"`` where every gate passes, or none fails and there is no champion to displace; else
        ``"challenger"``.
    """
    verdicts = {gate["verdict"] for gate in gates}
    if "fail" in verdicts:
        return "challenger"
    undecided = "inconclusive" in verdicts and tracking.has_champion(scheme.registered_name)
    return "challenger" if undecided else tracking.CHAMPION


def _columns(bundle: Bundle) -> dict[str, str]:
    """Name the columns of a request: who, when, where if the rate asks for it, the history of the tier, the features.

    When, and the history, may be left out.
    """
    region = {"region": "string"} if bundle.rates is not None and bundle.rates.policy.region is not None else {}
    history = dict.fromkeys(HISTORY, "string?") if bundle.tiers is not None else {}
    features = dict.fromkeys(bundle.feature_names, "double")
    return {"person_id": "string", "index_date": "string?", **region, **history, **features}


def _flatten(test: dict[str, dict[str, float | None]]) -> dict[str, float]:
    parts = {"value": "", "low": ".low", "high": ".high"}
    return {
        f"{metric}{suffix}": float(row[part])  # type: ignore[arg-type]  # None is filtered out
        for metric, row in test.items()
        for part, suffix in parts.items()
        if row[part] is not None
    }


def _stability_metrics(stability: dict[str, Any] | None) -> dict[str, float]:
    return {
        f"stability.{kind}.{name}": float(found[name]["mean"])
        for kind, found in (stability or {}).items()
        for name in ("spearman", "top3_overlap")
        if found[name]["mean"] is not None
    }


def _tell_absence(figures: dict[str, Any]) -> dict[str, str]:
    """Say why the stability of an outcome's explanations is not among its metrics."""
    absent = figures.get("stability_absent")
    return {"stability.absent": str(absent)} if absent else {}


def _rate_metrics(summary: dict[str, Any]) -> dict[str, float]:
    rates = summary["rates"]
    if rates is None:
        return {}
    return {name: float(rates[name]) for name in ("budget_minor", "allocated_minor", "mean_rate", "at_floor", "at_cap")}
