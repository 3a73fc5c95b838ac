"""Retrain: the yearly run from claims to a certified rate table, reported, recorded in MLflow and registered."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.data.io import staged
from riskkit.data.privacy import read_id_key
from riskkit.data.staging import keep_source
from riskkit.errors import AcceptanceError
from riskkit.report.render import write_report
from riskkit.workflow.bundle import Bundle, write_bundle
from riskkit.workflow.explanation_files import ExplanationFiles
from riskkit.workflow.explanations import describe_examples
from riskkit.workflow.migration import summarise_migration
from riskkit.workflow.random_split import refuse_lone_random_split
from riskkit.workflow.rate import RatedPopulation, rate_members, summarise_rates, write_rated
from riskkit.workflow.record import choose_alias, record_run
from riskkit.workflow.results import explain_outcomes, write_evaluation, write_predictions
from riskkit.workflow.score import score_members
from riskkit.workflow.search import SearchAid
from riskkit.workflow.summary_text import say_failed
from riskkit.workflow.tier_files import TierFiles, match_history, read_tier_history, summarise_tier_files
from riskkit.workflow.training import Training, context_of, population_name, train_scheme

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.data.quality import OnBadRows
    from riskkit.tiers.final import TierHistory
    from riskkit.workflow.scheme import Scheme

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Retrained:
    """What a retraining leaves.

    Parameters
    ----------
    out : pathlib.Path
        Folder with summary, report, rates, scores and bundle.
    summary : dict
        The content of ``summary.json``.
    version : str
        Version in the registry.
    """

    out: Path
    summary: dict[str, Any]
    version: str


def retrain(
    scheme: Scheme,
    source: Path,
    out: Path,
    *,
    on_bad_rows: OnBadRows = "refuse",
    warm: Bundle | None = None,
    tier_files: TierFiles | None = None,
    progress: Progress | None = None,
) -> Retrained:
    """Run a scheme from its source to a registered bundle and a certified rate table.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    source : pathlib.Path
        Folder of the source.
    out : pathlib.Path
        Folder for the results; it changes only when the whole run ends well.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    warm : Bundle, optional
        Last year's bundle: the searches try its tree settings early.
    tier_files : TierFiles, optional
        Last year's tiers and clinicians' overrides: the final tier is scored, rated and explained. A policy without
        hysteresis holds no tier; the report then compares the two years alone.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    Retrained
        Folder, summary and registered version.

    Raises
    ------
    RiskkitError
        As its stages do. A failed acceptance gate raises nothing here: the version is registered as ``challenger``
        and `require_gates` says so.
    """
    read_id_key()  # a key that cannot be used is said before the work, not after it
    keep_source(source, out)
    history = read_tier_history(tier_files, scheme.tier_policy, place=f"scheme {scheme.name}")
    with staged(out) as stage, tempfile.TemporaryDirectory(prefix="riskkit-") as scratch:
        aid = _aid_search(out, warm)
        training = train_scheme(scheme, source, Path(scratch), on_bad_rows=on_bad_rows, search=aid, progress=progress)
        _keep_quarantine(Path(scratch), stage)
        known = match_history(history, training.rating.cohort)
        holding = _to_hold(scheme, known)
        rated = _rate(scheme, training, holding)
        bundle = rated.bundle if rated else training.bundle
        members = context_of(training.rating)
        with ExplanationFiles(bundle, stage / "explanations", list(bundle.models)) as files:
            scores = score_members(bundle, members, history=holding, explanations=files, progress=progress)
        scores.to_parquet(stage / "scores.parquet", index=False)
        if rated:
            write_rated(rated, stage)
        write_bundle(bundle, stage / "bundle")
        summary = _complete(training, rated, bundle, scores)
        summary["migration"] = summarise_migration(training, scores, known)
        summary["tier_files"] = summarise_tier_files(tier_files, scores, overrides=known.overrides)
        summary["alias"] = choose_alias(scheme, summary["gates"])
        write_evaluation(training, bundle, members, stage / "evaluation", rated=rated)
        explain_outcomes(bundle, members, stage / "explanations", progress=progress)
        write_summary(summary, stage)
        write_report(stage)
        if progress:
            progress("record in MLflow", 0, 1)
        number = record_run(scheme, summary, bundle, members, stage)
    return Retrained(out, summary, number)


def train_only(
    scheme: Scheme,
    source: Path,
    out: Path,
    *,
    on_bad_rows: OnBadRows = "refuse",
    warm: Bundle | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train and measure a scheme, and write bundle, summary and report; nothing is rated or registered.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    source : pathlib.Path
        Folder of the source.
    out : pathlib.Path
        Folder for ``bundle``, ``summary.json``, ``report.html`` and, under ``evaluation``, what was said of the test
        rows.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    warm : Bundle, optional
        Last year's bundle: the searches try its tree settings early.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    dict
        The summary.

    Raises
    ------
    RiskkitError
        As its stages do; if `out` lies in the source.
    """
    keep_source(source, out)
    with staged(out) as stage, tempfile.TemporaryDirectory(prefix="riskkit-") as scratch:
        aid = _aid_search(out, warm)
        training = train_scheme(scheme, source, Path(scratch), on_bad_rows=on_bad_rows, search=aid, progress=progress)
        _keep_quarantine(Path(scratch), stage)
        write_bundle(training.bundle, stage / "bundle")
        summary = {**complete_scheme(training.summary), "rates": None, "examples": []}
        write_predictions(training, stage / "evaluation")
        write_summary(summary, stage)
        write_report(stage)
    return summary


def write_summary(summary: dict[str, Any], folder: Path) -> None:
    """Write ``summary.json``.

    Parameters
    ----------
    summary : dict
        Plain values.
    folder : pathlib.Path
        Where to.

    Raises
    ------
    AcceptanceError
        If a figure of a random split stands in it without its temporal twin.
    """
    refuse_lone_random_split(summary)
    text = json.dumps(summary, ensure_ascii=False, indent=1, allow_nan=False, default=str)
    (folder / "summary.json").write_text(text, encoding="utf-8")


def require_gates(summary: dict[str, Any]) -> None:
    """Raise if an acceptance gate failed.

    Parameters
    ----------
    summary : dict
        The summary of a run.

    Raises
    ------
    AcceptanceError
        If a gate failed; the message names the first.
    """
    if failed := say_failed(summary["gates"], "gates failed"):
        message = (
            f"acceptance: {failed}. The results are written and no version became champion; read them before anything "
            "is paid on it."
        )
        raise AcceptanceError(message)


def complete_scheme(summary: dict[str, Any]) -> dict[str, Any]:
    """Add when and by which version a summary was made.

    Parameters
    ----------
    summary : dict
        The summary of a training.

    Returns
    -------
    dict
        A new summary.
    """
    made = {"created": datetime.now(UTC).isoformat(timespec="seconds"), "riskkit_version": version("riskkit")}
    return {**summary, "scheme": {**summary["scheme"], **made}}


def _aid_search(out: Path, warm: Bundle | None) -> SearchAid:
    """Keep the trials beside the results, where a run that was cut short finds them, and start from last year's."""
    models = warm.models if warm else {}
    best = {name: model.metadata["trees"] for name, model in models.items() if "trees" in model.metadata}
    return SearchAid(store=out.resolve() / "tuning.db", warm=best)


def _keep_quarantine(work: Path, stage: Path) -> None:
    if (work / "tables" / "quarantine").is_dir():
        shutil.copytree(work / "tables" / "quarantine", stage / "quarantine")


def _to_hold(scheme: Scheme, known: TierHistory) -> TierHistory:
    """Keep last tiers out of the assignment where the policy holds none; they are still compared."""
    policy = scheme.tier_policy
    return known if policy is None or policy.hysteresis is not None else replace(known, last=None)


def _rate(scheme: Scheme, training: Training, holding: TierHistory) -> RatedPopulation | None:
    if scheme.rate_policy is None:
        return None
    population = population_name(scheme)
    return rate_members(
        training.bundle, scheme.rate_policy, training.rating, population=population, tier_history=holding
    )


def _complete(
    training: Training, rated: RatedPopulation | None, bundle: Bundle, scores: pd.DataFrame
) -> dict[str, Any]:
    summary = complete_scheme(training.summary)
    ledger = rated.ledger if rated else None
    summary["rates"] = summarise_rates(rated) if rated else None
    summary["examples"] = describe_examples(bundle, scores, ledger)
    return summary
