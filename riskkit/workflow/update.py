"""Update: last year's bundle held against a year that has closed, its maps changed as far as a closed test asks for."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from riskkit.data.staging import keep_source, staged
from riskkit.errors import AcceptanceError, DataContractError
from riskkit.features.contents import make_catalogue
from riskkit.policy import read_policy
from riskkit.workflow.bundle import write_bundle
from riskkit.workflow.judge import judge_models
from riskkit.workflow.learnt import Learnt, require_unseen, say_learnt
from riskkit.workflow.members import FeaturePlan, build_members
from riskkit.workflow.retrain import write_summary
from riskkit.workflow.scheme_file import DriftBands, RunBlock
from riskkit.workflow.source import open_source, require_tables
from riskkit.workflow.summary import judge_drift, summarise_source
from riskkit.workflow.summary_text import say_failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.data.quality import OnBadRows
    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.judge import JudgedModels

    Progress = Callable[[str, int, int], None]


class DriftPolicy(DriftBands):
    """Limits of drift, as a policy file states them.

    Parameters
    ----------
    name, title, title_zh : str
        What it is called.
    effective : datetime.date
        First day on which they hold.
    minimum_gini : float
        As for `DriftBands`; to be stated.
    stable, refuse, reference
        As for `DriftBands`.
    """

    name: str
    title: str
    title_zh: str
    effective: date
    minimum_gini: float = Field(le=1)


def update_bundle(
    bundle: Bundle,
    source: Path,
    out: Path,
    *,
    index_date: date,
    limits: Path,
    other_persons: bool = False,
    run: RunBlock | None = None,
    on_bad_rows: OnBadRows = "refuse",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Hold a bundle against a year that has closed, update its maps, and write the bundle to go on with.

    Parameters
    ----------
    bundle : Bundle
        Last year's bundle; its trees, tiers and cuts stay as they are.
    source : pathlib.Path
        Source in the layout of the bundle's adapter, reaching over the outcome windows from the index date.
    out : pathlib.Path
        Folder that gets ``bundle`` and ``summary.json`` when all is done; where a model is refused ``summary.json``
        alone, and a bundle of an earlier update there is removed.
    index_date : datetime.date
        Start of the closed year.
    limits : pathlib.Path
        Policy file of `DriftPolicy`.
    other_persons : bool, default False
        Whether the source holds persons that the models have not seen, so that any year may be judged.
    run : RunBlock, optional
        Seed and bootstrap.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    dict
        The summary: `model`, `seen`, `drift` (as after a retraining), `gates` (a refused model fails one),
        `rates_dropped`, `bundle_written`, `other_persons` and `data`.

    Raises
    ------
    DataContractError
        If the source cannot be read, lacks a table that the models learnt from, or reaches over no outcome's window; if
        the models learnt from the year.
    PolicyError
        If the limits break a rule.

    Notes
    -----
    Rates were fitted to the old predictions. Where the model behind them is changed the bundle is written without
    rates, and `riskkit rates` fits them anew.
    """
    keep_source(source, out)
    if not other_persons:
        require_unseen(bundle.learnt, index_date, bundle.cohort.horizon_days)
    block = read_policy(limits, DriftPolicy)
    plan = FeaturePlan(make_catalogue(bundle.code_lists), bundle.catalogue, bundle.code_lists)
    with tempfile.TemporaryDirectory(prefix="riskkit-") as scratch, staged(out) as stage:
        opened = open_source(bundle.adapter, source, Path(scratch), on_bad_rows=on_bad_rows, progress=progress)
        require_tables(opened, bundle.tables)
        later = build_members(opened.tables, bundle.cohort, plan, index_dates=[index_date], progress=progress)
        if progress:
            progress("judge and update", 0, 1)
        found = judge_models(
            bundle.models, later, opened.tables, block=block, run=run or RunBlock(), code_lists=bundle.code_lists
        )
        _refuse_nothing_judged(found)
        renewed = _renew(bundle, found, index_date)
        drift = {
            "index_date": index_date.isoformat(),
            "limits": block.to_dict(),
            "outcomes": found.reports,
            "not_judged": found.not_judged,
        }
        refused = any(one["verdict"] == "refuse" for one in found.reports.values())
        summary = {
            "model": bundle.scheme,
            "seen": say_learnt(bundle.learnt, later.cohort),
            "drift": drift,
            "gates": judge_drift(drift),
            "rates_dropped": not refused and renewed.rates is None and bundle.rates is not None,
            "bundle_written": not refused,
            "other_persons": other_persons,
            "data": summarise_source(opened),
        }
        if not refused:
            write_bundle(renewed, stage / "bundle")
        write_summary(summary, stage)
    if refused:
        shutil.rmtree(out / "bundle", ignore_errors=True)
    return summary


def require_update(summary: dict[str, Any]) -> None:
    """Raise if a model was refused.

    Parameters
    ----------
    summary : dict
        From `update_bundle`.

    Raises
    ------
    AcceptanceError
        If a model was refused; the message names the first.
    """
    if failed := say_failed(summary["gates"], "models are refused"):
        message = (
            f"update: {failed}. No bundle is written, and summary.json says why. Train again on records that reach "
            "over the year before anything is scored or paid."
        )
        raise AcceptanceError(message)


def describe_update_of_bundle(summary: dict[str, Any]) -> list[str]:
    """Say what a closed year said of a bundle and what was done.

    Parameters
    ----------
    summary : dict
        From `update_bundle`.

    Returns
    -------
    list of str
        A line an outcome, and what is to be done next.
    """
    drift = summary["drift"]
    lines = [summary["seen"]] if summary["seen"] else []
    lines += [f"{drift['index_date']}: {one['message']}" for one in drift["outcomes"].values()]
    lines += [f"Not judged: {name}, {why}." for name, why in drift["not_judged"].items()]
    if summary["rates_dropped"]:
        lines.append(
            "The model behind the rates is changed: the bundle holds none. Fit them anew with riskkit rates "
            "--model OUT --policy FILE --source SOURCE, which writes a bundle that holds them."
        )
    if not summary["bundle_written"]:
        lines.append("A model is refused: no bundle is written.")
    return lines


def _refuse_nothing_judged(found: JudgedModels) -> None:
    if not found.reports:
        message = (
            f"no model can be judged on the source: {next(iter(found.not_judged.values()))}. Give an --index-date "
            "whose outcome window the source covers."
        )
        raise DataContractError(message)


def _renew(bundle: Bundle, found: JudgedModels, index_date: date) -> Bundle:
    """Put the updated models into the bundle; say that they learnt from the year, and drop rates that no longer fit.

    A map that was put to the test and kept has learnt nothing.
    """
    changed = {name for name, one in found.reports.items() if (one["update"] or {}).get("made")}
    if not changed:
        return replace(bundle, models=found.models)
    known = bundle.learnt
    taught = Learnt(known.split, tuple(sorted({*known.dates, index_date})), known.discharges)
    rates = None if bundle.rated_outcome in changed else bundle.rates
    return replace(bundle, models=found.models, taught_by=taught, rates=rates)
