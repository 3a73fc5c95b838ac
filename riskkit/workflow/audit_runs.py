"""The two audits of the command line: one policy on a closed year, or two policies of one product side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import PolicyError
from riskkit.evaluation.profit import compute_mapl
from riskkit.policy import read_policy
from riskkit.rates.dislocation import PARTS, compute_dislocation, sum_dislocation
from riskkit.rates.policy import RatePolicy, require_same_product
from riskkit.workflow.audit import (
    Audit,
    AuditOptions,
    audit_policy,
    open_population,
    read_audit_policy,
    write_audit,
)
from riskkit.workflow.audit_population import AuditPopulation, rate_population
from riskkit.workflow.measure import to_records
from riskkit.workflow.rating_frame import rate_frame
from riskkit.workflow.score import KEYS, assign_member_tiers, predict_outcomes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from riskkit.rates.frozen import FrozenRates
    from riskkit.workflow.bundle import Bundle

    Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class LastYear:
    """What the rates are set against, to say what moved.

    Parameters
    ----------
    index_date : datetime.date
        Last year's index date.
    bundle : Bundle or None
        Last year's models; this year's where absent.
    policy : pathlib.Path or None
        Last year's policy; this year's where absent.
    """

    index_date: date
    bundle: Bundle | None = None
    policy: Path | None = None


def run_audit(
    bundle: Bundle,
    source: Path,
    out: Path,
    *,
    policy: Path | None = None,
    options: AuditOptions | None = None,
    last: LastYear | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Audit one rate policy on a source whose year is known, and write JSON, HTML and CSV.

    Parameters
    ----------
    bundle : Bundle
        Models and tiers.
    source : pathlib.Path
        Folder of the source.
    out : pathlib.Path
        Folder for the results.
    policy : pathlib.Path, optional
        Rate policy; the bundle's own where absent.
    options : AuditOptions, optional
        Index date, audit policy, bootstrap.
    last : LastYear, optional
        Last year, to split what moved.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    dict
        The content of ``audit.json``.

    Raises
    ------
    PolicyError
        If there is no rate policy, or last year's is of another product.
    DataContractError
        If nobody's year is known.
    """
    chosen, asked = _policy_of(bundle, policy), options or AuditOptions()
    days = [last.index_date] if last else []
    populations = open_population(bundle, source, asked, days, progress=progress)
    found = audit_policy(
        bundle,
        chosen,
        populations[0],
        read_audit_policy(asked.asked),
        n_bootstrap=asked.n_bootstrap,
        seed=asked.seed,
    )
    extra: dict[str, Any] = {"dislocation": None, "comparison": None}
    if last:
        table = _dislocate(bundle, found, populations, last, chosen)
        found.tables["dislocation"] = table
        extra["dislocation"] = _sum_up(table, found)
    return write_audit([found], out, extra)


def run_comparison(
    bundle: Bundle,
    source: Path,
    out: Path,
    policies: tuple[Path, Path],
    *,
    options: AuditOptions | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Audit two rate policies of one product on the same members, with paired differences.

    Parameters
    ----------
    bundle, source, out, options, progress
        As in `run_audit`.
    policies : tuple of two pathlib.Path
        The policies.

    Returns
    -------
    dict
        The content of ``audit.json``.

    Raises
    ------
    PolicyError
        If the policies price different things.
    """
    first, second = (read_policy(path, RatePolicy) for path in policies)
    require_same_product(first, second)
    asked = options or AuditOptions()
    population = open_population(bundle, source, asked, [], progress=progress)[0]
    policy = read_audit_policy(asked.asked)
    audits = [
        audit_policy(bundle, one, population, policy, n_bootstrap=asked.n_bootstrap, seed=asked.seed)
        for one in (first, second)
    ]
    return write_audit(audits, out, {"dislocation": None, "comparison": _compare(audits, asked)})


def _policy_of(bundle: Bundle, path: Path | None) -> RatePolicy:
    chosen = read_policy(path, RatePolicy) if path else bundle.rates.policy if bundle.rates else None
    if chosen is None:
        message = f"bundle {bundle.scheme}: it holds no rate policy. Name one with --policy."
        raise PolicyError(message)
    return chosen


def _compare(audits: list[Audit], options: AuditOptions) -> dict[str, Any]:
    """Set two policies side by side on the same members."""
    first, second = (audit.frame for audit in audits)
    change = (second["predicted"] - first["predicted"]).to_numpy()
    weight = first["weight"].to_numpy()
    mapl = []
    for name in audits[0].tables["mapl"]["partition"]:
        if name not in {"decile", "tier_decile"}:
            table = compute_mapl(
                first["observed"],
                [first["predicted"].to_numpy(), second["predicted"].to_numpy()],
                first["weight"],
                first["person_id"],
                partition=first[name].astype("object").fillna("missing").astype("str"),
                n_bootstrap=options.n_bootstrap,
                seed=options.seed,
            )
            row = dict(zip(("first", "second", "difference"), to_records(table), strict=True))
            mapl.append({"partition": str(name), **row})
    return {
        "members_up": int((change > 0).sum()),
        "members_down": int((change < 0).sum()),
        "members_same": int((change == 0).sum()),
        "mean_change": float(weight @ change / weight.sum()),
        "mean_absolute_change": float(weight @ np.abs(change) / weight.sum()),
        "quantiles": dict(
            zip(("p5", "p50", "p95"), np.quantile(change, [0.05, 0.5, 0.95]).round(2).tolist(), strict=True)
        ),
        "mapl": mapl,
    }


def _dislocate(
    bundle: Bundle, found: Audit, populations: list[AuditPopulation], last: LastYear, policy: RatePolicy
) -> pd.DataFrame:
    """Split what moved since last year, member by member."""
    old_bundle = last.bundle or bundle
    old_policy = read_policy(last.policy, RatePolicy) if last.policy else policy
    require_same_product(old_policy, policy)
    before = rate_population(old_bundle, old_policy, populations[1])
    old, new = _frozen_of(before.bundle), _frozen_of(found.rated.bundle)
    now_members = _members_for(bundle, populations[0], new, old)
    by_old_model = _members_for(old_bundle, populations[0], new, old)["expected_cost"]
    return compute_dislocation(
        old,
        new,
        _members_for(old_bundle, populations[1], new, old),
        now_members,
        old_model_cost=by_old_model,
    )


def _members_for(bundle: Bundle, population: AuditPopulation, *figures: FrozenRates) -> pd.DataFrame:
    """Make the members that both policies read, sorted by key."""
    cohort = population.members.cohort
    context = [name for name in ("region", "exposure_months") if name in cohort]
    frame = population.members.features.merge(cohort[[*KEYS, *context]], on=KEYS, validate="one_to_one")
    predictions = predict_outcomes(bundle, frame)
    tiers = assign_member_tiers(bundle, frame, predictions) if bundle.tiers else frame[KEYS]
    columns = list(dict.fromkeys(column for one in figures for column in one.policy.columns))
    return rate_frame(bundle, frame, predictions, tiers, columns=columns).sort_values(KEYS, ignore_index=True)


def _frozen_of(bundle: Bundle) -> FrozenRates:
    if bundle.rates is None:
        message = f"bundle {bundle.scheme}: its rates were not fitted. Rate its members first."
        raise PolicyError(message)
    return bundle.rates


def _sum_up(table: pd.DataFrame, found: Audit) -> dict[str, Any]:
    """Sum the parts over all members, by status, team and tier."""
    known = found.frame.drop_duplicates("person_id").set_index("person_id")
    summed: dict[str, Any] = {
        "parts": list(PARTS),
        "all": to_records(sum_dislocation(table, pd.Series("all", index=table.index))),
        "status": to_records(sum_dislocation(table, table["status"])),
    }
    for name in ("team_id", "risk_tier", "age_band", "region"):
        if name in known:
            summed[name] = to_records(sum_dislocation(table, known[name].reindex(table["person_id"])))
    return summed
