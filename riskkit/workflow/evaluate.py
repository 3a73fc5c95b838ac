"""Evaluate: a kept bundle held against what happened on a source that it has not seen."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.data.staging import keep_source, staged
from riskkit.errors import DataContractError
from riskkit.evaluation.metrics import compute_metrics
from riskkit.features.contents import make_catalogue
from riskkit.workflow.members import FeaturePlan, build_members, label_members
from riskkit.workflow.source import open_source, require_tables
from riskkit.workflow.summary import metrics_to_dict, summarise_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from riskkit.data.io import Tables
    from riskkit.data.quality import OnBadRows
    from riskkit.risk.hazard_model import HorizonModel
    from riskkit.risk.model import OutcomeModel
    from riskkit.workflow.bundle import Bundle
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
        Folder that gets ``summary.json`` and ``predictions.parquet``.
    index_dates : sequence of datetime.date, optional
        Index dates whose outcome windows the source covers; the last index date of the bundle's cohort where absent.
    effort : Effort, optional
        Bootstrap of the intervals.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    dict
        The summary: `model`, `index_dates`, `outcomes.<name>.test.<metric>` with intervals, `data`.

    Raises
    ------
    DataContractError
        If the source cannot be read, lacks a table that the models learnt from, or nobody counts for an outcome.
    """
    keep_source(source, out)
    days = list(index_dates) or list(bundle.cohort.index_dates[-1:])
    plan = FeaturePlan(make_catalogue(bundle.code_lists), bundle.catalogue, bundle.code_lists)
    with tempfile.TemporaryDirectory(prefix="riskkit-") as scratch, staged(out) as stage:
        opened = open_source(bundle.adapter, source, Path(scratch), on_bad_rows=on_bad_rows, progress=progress)
        require_tables(opened, bundle.tables)
        members = build_members(opened.tables, bundle.cohort, plan, index_dates=days, progress=progress)
        parts, outcomes = [], {}
        for done, (name, model) in enumerate(bundle.models.items()):
            if progress:
                progress(f"measure {name}", done, len(bundle.models))
            tested = _predict(model, members, opened.tables, bundle.code_lists)
            outcomes[name] = _measure(model, tested, effort or Effort())
            parts.append(tested.assign(outcome=name))
        summary = {
            "model": bundle.scheme,
            "index_dates": [day.isoformat() for day in days],
            "outcomes": outcomes,
            "data": summarise_source(opened),
        }
        pd.concat(parts, ignore_index=True).to_parquet(stage / "predictions.parquet", index=False)
        text = json.dumps(summary, ensure_ascii=False, indent=1, allow_nan=False, default=str)
        (stage / "summary.json").write_text(text, encoding="utf-8")
    return summary


def _predict(
    model: OutcomeModel | HorizonModel, members: Members, tables: Tables, code_lists: pd.DataFrame
) -> pd.DataFrame:
    """Join what a model says and what happened, for the members who count."""
    labels = label_members(members.cohort, tables, model.spec, code_lists=code_lists)
    counted = np.flatnonzero(labels["weight"].to_numpy() > 0)
    if not len(counted):
        message = (
            f"outcome {model.spec.name!r}: nobody counts on the source, expected members with exposure after the index "
            "date. Give an --index-date whose outcome window the source covers."
        )
        raise DataContractError(message)
    tested = labels.take(counted)[[*KEYS, "observed", "weight"]].reset_index(drop=True)
    return tested.assign(predicted=model.predict(members.features.take(counted)))


def _measure(model: OutcomeModel | HorizonModel, tested: pd.DataFrame, effort: Effort) -> dict[str, Any]:
    table = compute_metrics(
        tested["observed"],
        tested["predicted"],
        tested["weight"],
        tested["person_id"],
        kind=model.spec.prediction_kind,
        n_bootstrap=effort.n_bootstrap,
        seed=effort.seed,
    )
    return {
        "title": model.spec.title,
        "kind": model.spec.prediction_kind,
        "policy": model.spec.policy,
        "test_members": len(tested),
        "events": int((tested["observed"] > 0).sum()),
        "test": metrics_to_dict(table),
    }
