"""Audit a rate table before it is signed: who is under-paid, what fixing costs, what gaming gains, what moved."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.data.presets import find_presets
from riskkit.data.staging import staged
from riskkit.evaluation.constrained_fit import compute_price_of_fixing
from riskkit.evaluation.net_compensation import compute_net_compensation
from riskkit.evaluation.profit import compute_mapl
from riskkit.policy import read_policy
from riskkit.report.audit_page import make_audit_document
from riskkit.report.render import render
from riskkit.risk.monotone import check_monotone
from riskkit.workflow.audit_policy import AuditPolicy
from riskkit.workflow.audit_population import (
    FAIRNESS,
    AuditPopulation,
    make_audit_frame,
    open_audit_population,
    rate_population,
)
from riskkit.workflow.gaming import compute_gaming
from riskkit.workflow.measure import to_records
from riskkit.workflow.score import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from riskkit.rates.policy import RatePolicy
    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.rate import RatedPopulation

    Progress = Callable[[str, int, int], None]

PAGE = "audit.html"


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Parameters
    ----------
    summary : dict
        Plain JSON values.
    frame : pandas.DataFrame
        Members with rate, cost and groups.
    rated : RatedPopulation
        The rates.
    tables : dict of str to pandas.DataFrame
        `groups`, `mapl`, `price`, `gaming`, and what else was asked for; each is written as CSV.
    """

    summary: dict[str, Any]
    frame: pd.DataFrame
    rated: RatedPopulation
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def read_audit_policy(path: Path | None) -> AuditPolicy:
    """Read an audit policy.

    Parameters
    ----------
    path : pathlib.Path or None
        The file; the shipped one where absent.

    Returns
    -------
    AuditPolicy
        The policy.
    """
    return read_policy(path or find_presets() / "models" / "audit" / "rates.toml", AuditPolicy)


def audit_policy(
    bundle: Bundle, policy: RatePolicy, population: AuditPopulation, asked: AuditPolicy, *, n_bootstrap: int, seed: int
) -> Audit:
    """Audit the rates of one policy on members whose year is known.

    Parameters
    ----------
    bundle : Bundle
        Models and tiers.
    policy : RatePolicy
        The policy.
    population : AuditPopulation
        The members.
    asked : AuditPolicy
        What the rates must hold to.
    n_bootstrap, seed : int
        Bootstrap of the intervals.

    Returns
    -------
    Audit
        Figures and tables.
    """
    rated = rate_population(bundle, policy, population)
    frame, share = make_audit_frame(population, rated, new_below=asked.new_below.value)
    by = [name for name in ("risk_tier", "decile", "tier_decile", "team_id", *FAIRNESS) if name in frame]
    groups = compute_net_compensation(frame, by, n_bootstrap=n_bootstrap, seed=seed)
    tables = {
        "groups": groups,
        "mapl": _tabulate_mapl(frame, by, n_bootstrap=n_bootstrap, seed=seed),
        "price": _price(frame, groups, asked),
        "gaming": compute_gaming(rated.bundle, _with_context(population), asked),
    }
    certificate = rated.certificate
    overall = _overall(frame)
    summary = {
        "policy": policy.name,
        "title": policy.title,
        "title_zh": policy.title_zh,
        "currency": policy.currency,
        "scope": policy.product.scope,
        "scheme": bundle.scheme,
        "index_date": str(population.members.cohort["index_date"].max().date()),
        "members": len(frame),
        "member_years": float(frame["weight"].sum()),
        "share_of_expected_cost": share,
        "overall": overall,
        "adequacy": _judge_adequacy(groups, asked),
        "monotone_trees": _check_trees(bundle),
        "affordability": _say_affordability(certificate),
        "certificate": certificate,
        **{name: to_records(table) for name, table in tables.items()},
    }
    return Audit(summary, frame, rated, tables)


def _with_context(population: AuditPopulation) -> pd.DataFrame:
    """Join region and exposure to the features."""
    cohort = population.members.cohort
    context = [name for name in ("region", "exposure_months") if name in cohort]
    return population.members.features.merge(cohort[[*KEYS, *context]], on=KEYS, validate="one_to_one")


def _overall(frame: pd.DataFrame) -> dict[str, float]:
    weight = frame["weight"].to_numpy()
    cost, paid = (float(weight @ frame[name].to_numpy() / weight.sum()) for name in ("observed", "predicted"))
    return {"cost": cost, "paid": paid, "net_compensation": paid - cost, "actual_over_expected": cost / paid}


def _tabulate_mapl(frame: pd.DataFrame, by: list[str], *, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Compute the predictable profit or loss of each partition."""
    parts = [
        compute_mapl(
            frame["observed"],
            frame["predicted"],
            frame["weight"],
            frame["person_id"],
            partition=frame[name].astype("object").fillna("missing").astype("str"),
            n_bootstrap=n_bootstrap,
            seed=seed,
        ).assign(partition=name)
        for name in by
    ]
    return pd.concat(parts, ignore_index=True)[["partition", "value", "low", "high"]]


def _price(frame: pd.DataFrame, groups: pd.DataFrame, asked: AuditPolicy) -> pd.DataFrame:
    """Tabulate what it takes to pay the most under-compensated group what it costs; no row where there is none."""
    under = groups[(groups["high"] < 0) & groups["grouping"].isin(["risk_tier", *FAIRNESS])]
    if under.empty:
        return pd.DataFrame(columns=["group", "theta", "keeps_total"])
    worst = under.sort_values(["contribution", "grouping", "group"]).iloc[0]
    inside = (frame[worst["grouping"]].astype("object").fillna("missing").astype("str") == worst["group"]).to_numpy()
    paid, age = (frame[name].to_numpy(dtype=np.float64) for name in ("predicted", "age_years"))
    scale = paid / paid.mean()
    design = np.column_stack([np.ones(len(frame)), scale, scale**2, np.nan_to_num(age, nan=np.nanmean(age)) / 100])
    cost, weight = (frame[name].to_numpy(dtype=np.float64) for name in ("observed", "weight"))
    table = compute_price_of_fixing(design, cost, weight, inside, asked.thetas)
    return table.assign(group=f"{worst['grouping']}: {worst['group']}")[["group", *table.columns]]


def _judge_adequacy(groups: pd.DataFrame, asked: AuditPolicy) -> dict[str, Any]:
    """Say for which share of the member years A/E of the team, or else the decile, lies within the band."""
    level = "team_id" if (groups["grouping"] == "team_id").any() else "decile"
    rows = groups[(groups["grouping"] == level) & ~groups["suppressed"]]
    off = (1 / rows["ratio"] - 1).abs()
    known = float(rows["share"].sum())
    inside = float(rows["share"][off <= asked.adequacy_band.value].sum()) / known if known else 0.0
    return {
        "level": level,
        "band": asked.adequacy_band.value,
        "asked_share": asked.adequacy_share.value,
        "share": inside,
        "verdict": "met" if inside >= asked.adequacy_share.value else "missed",
        "reference": asked.adequacy_share.reference,
    }


def _check_trees(bundle: Bundle) -> dict[str, Any]:
    """Check every split of the rated model's trees; a wrong step raises."""
    model = bundle.models[str(bundle.rated_outcome)]
    if not model.spec.model.monotone:
        return {"verdict": "not asked of this outcome", "trees": 0}
    wanted = set(model.feature_names)
    signs = {one.name: one.direction for one in bundle.catalogue.features if one.name in wanted}
    trees = 0
    for booster in getattr(model, "boosters", ()):
        check_monotone(booster, signs)
        trees += booster.num_trees()
    return {"verdict": "no split steps the wrong way", "trees": trees}


def _say_affordability(certificate: Mapping[str, Any]) -> dict[str, Any] | None:
    """State what the fund lacks; None where the policy does not say what it has."""
    if "affordable_minor" not in certificate:
        return None
    asked, affordable = int(certificate["asked_minor"]), int(certificate["affordable_minor"])
    return {
        "asked_minor": asked,
        "affordable_minor": affordable,
        "budget_minor": int(certificate["budget_minor"]),
        "shortfall_minor": max(asked - affordable, 0),
        "scaled": int(certificate["budget_minor"]) < asked,
    }


def write_audit(audits: list[Audit], out: Path, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Write the figures of one audit, or of two side by side, as JSON, HTML and CSV.

    Parameters
    ----------
    audits : list of Audit
        One or two.
    out : pathlib.Path
        Folder that gets ``audit.json``, ``audit.html`` and one CSV file per table.
    extra : mapping
        Further keys of the summary: `dislocation`, `comparison`.

    Returns
    -------
    dict
        What was written as JSON.
    """
    summary = {"audits": [audit.summary for audit in audits], **extra}
    text = json.dumps(_plain(summary), ensure_ascii=False, indent=1, allow_nan=False)
    with staged(out) as stage:
        (stage / "audit.json").write_text(text, encoding="utf-8")
        (stage / PAGE).write_text(render(make_audit_document(json.loads(text))), encoding="utf-8")
        for audit in audits:
            for name, table in audit.tables.items():
                file = f"{name}.csv" if len(audits) == 1 else f"{audit.summary['policy']}_{name}.csv"
                table.to_csv(stage / file, index=False)
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _plain(value: Any) -> Any:
    """Turn figures that are not defined into null."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value


@dataclass(frozen=True)
class AuditOptions:
    """What an audit is asked for.

    Parameters
    ----------
    index_date : datetime.date or None
        A past index date whose year is covered; the last one of the bundle's cohort where absent.
    asked : pathlib.Path or None
        Audit policy.
    n_bootstrap, seed : int
        Bootstrap of the intervals.
    """

    index_date: date | None = None
    asked: Path | None = None
    n_bootstrap: int = 200
    seed: int = 0


def open_population(
    bundle: Bundle, source: Path, options: AuditOptions, further: list[date], *, progress: Progress | None
) -> list[AuditPopulation]:
    """Build the audited population, and those of further index dates."""
    day = options.index_date or bundle.cohort.index_dates[-1]
    return open_audit_population(bundle, source, [day, *further], progress=progress)
