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
from riskkit.evaluation.net_compensation import compute_net_compensation
from riskkit.policy import read_policy
from riskkit.report.audit_page import make_audit_document
from riskkit.report.render import render
from riskkit.workflow.affordability import describe_affordability
from riskkit.workflow.audit_order import prove_order
from riskkit.workflow.audit_policy import AuditPolicy
from riskkit.workflow.audit_population import FAIRNESS, AuditPopulation, make_audit_frame
from riskkit.workflow.audit_scope import CostScope, find_cost_scope
from riskkit.workflow.audit_tables import judge_adequacy, sort_tiers, tabulate_mapl, tabulate_price
from riskkit.workflow.audit_tiers import summarise_audit_tiers
from riskkit.workflow.gaming import compute_gaming
from riskkit.workflow.measure import to_records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from riskkit.rates.policy import RatePolicy
    from riskkit.workflow.rate import RatedPopulation
    from riskkit.workflow.tier_files import TierFiles

PAGE = "audit.html"


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
    tier_files : TierFiles or None
        Last year's tiers and clinicians' overrides: the final tier is the one that is audited.
    """

    index_date: date | None = None
    asked: Path | None = None
    n_bootstrap: int = 200
    seed: int = 0
    tier_files: TierFiles | None = None


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
        `groups`, `mapl`, `price`, `gaming`, `order`, and what else was asked for; each is written as CSV.
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
    rated: RatedPopulation,
    policy: RatePolicy,
    population: AuditPopulation,
    asked: AuditPolicy,
    *,
    options: AuditOptions,
    before: RatedPopulation | None = None,
    scope: CostScope | None = None,
) -> Audit:
    """Audit the rates of one policy on members whose year is known.

    Parameters
    ----------
    rated : RatedPopulation
        The members' rates, from `rate_population`.
    policy : RatePolicy
        The policy.
    population : AuditPopulation
        The members.
    asked : AuditPolicy
        What the rates must hold to.
    options : AuditOptions
        Bootstrap of the intervals, and the files that the population's history was read from.
    before : RatedPopulation, optional
        Last year's rates, which the growth is of.
    scope : CostScope, optional
        What the rates are held against; their own scope where absent.

    Returns
    -------
    Audit
        Figures and tables.
    """
    bundle, held = rated.bundle, scope or find_cost_scope(policy, rated.certificate)
    draws = {"n_bootstrap": options.n_bootstrap, "seed": options.seed}
    frame = make_audit_frame(population, rated, share=held.share, new_below=asked.new_below.value)
    by = [name for name in ("risk_tier", "decile", "tier_decile", "team_id", *FAIRNESS) if name in frame]
    tiers = [tier.name for tier in bundle.tiers.policy.tiers] if bundle.tiers else []
    groups = sort_tiers(compute_net_compensation(frame, by, **draws), tiers)
    tables = {
        "groups": groups,
        "mapl": tabulate_mapl(frame, by, **draws),
        "price": tabulate_price(frame, groups, asked),
        "gaming": compute_gaming(rated.bundle, population.records, asked, population.history),
        "order": prove_order(rated.bundle),
    }
    last = None if before is None else _mean_rate(before)
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
        **held.to_record(),
        "tiers": summarise_audit_tiers(options.tier_files, population, rated.table),
        "groups_not_known": [name for name in ("risk_tier", "team_id", *FAIRNESS) if name not in by],
        "overall": _overall(frame),
        "adequacy": judge_adequacy(groups, asked),
        "affordability": describe_affordability(rated.certificate, policy.affordability, asked, last=last),
        "certificate": rated.certificate,
        **{name: to_records(table) for name, table in tables.items()},
    }
    return Audit(summary, frame, rated, tables)


def _mean_rate(rated: RatedPopulation) -> float:
    """Return what a member year is paid, in currency."""
    found = {name: float(str(rated.certificate[name])) for name in ("budget_minor", "member_months")}
    per_unit = float(str(rated.certificate["minor_units_per_currency_unit"]))
    return found["budget_minor"] / per_unit / found["member_months"] * 12


def _overall(frame: pd.DataFrame) -> dict[str, float]:
    weight = frame["weight"].to_numpy()
    cost, paid = (float(weight @ frame[name].to_numpy() / weight.sum()) for name in ("observed", "predicted"))
    return {"cost": cost, "paid": paid, "net_compensation": paid - cost, "actual_over_expected": cost / paid}


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
