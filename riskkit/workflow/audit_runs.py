"""The two audits of the command line: one policy on a closed year, or two policies of one product side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from riskkit.errors import PolicyError
from riskkit.evaluation.profit import compute_mapl
from riskkit.policy import read_policy
from riskkit.rates.policy import RatePolicy, require_same_product
from riskkit.workflow.audit import Audit, AuditOptions, audit_policy, read_audit_policy, write_audit
from riskkit.workflow.audit_dislocation import dislocate, name_moved, rate_last_year, sum_up_dislocation
from riskkit.workflow.audit_population import open_audit_population, rate_population
from riskkit.workflow.audit_scope import find_cost_scope, share_cost_scope
from riskkit.workflow.audit_tables import name_partition
from riskkit.workflow.audit_tiers import hold_population
from riskkit.workflow.measure import to_records
from riskkit.workflow.tier_files import read_bundle_history

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskkit.workflow.audit_dislocation import LastYear
    from riskkit.workflow.audit_policy import AuditPolicy
    from riskkit.workflow.audit_population import AuditPopulation
    from riskkit.workflow.bundle import Bundle

    Progress = Callable[[str, int, int], None]


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
        Index date, audit policy, bootstrap, last year's tiers and overrides.
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
        If the year is not over by the claims of the source, nobody counts in it, last year's date is not before it,
        or last year's tiers or overrides are not usable.
    """
    chosen, asked = _policy_of(bundle, policy), options or AuditOptions()
    limits = read_audit_policy(asked.asked)
    population = _open(bundle, source, asked, limits, last=last, progress=progress)
    before = rate_last_year(bundle, population, last, chosen) if last else None
    rated = rate_population(bundle, chosen, population.members, population.history)
    found = audit_policy(rated, chosen, population, limits, options=asked, before=before)
    extra: dict[str, Any] = {"dislocation": None, "comparison": None}
    if before is not None:
        table = dislocate(before, found.rated, population)
        found.tables["dislocation"] = table
        extra["dislocation"] = sum_up_dislocation(table, name_moved(before, rated, population))
    return write_audit([found], out, extra)


def _open(
    bundle: Bundle,
    source: Path,
    options: AuditOptions,
    limits: AuditPolicy,
    *,
    last: LastYear | None,
    progress: Progress | None,
) -> AuditPopulation:
    """Build the audited population with its final tiers, and last year's where it is set against one."""
    history = read_bundle_history(bundle, options.tier_files)
    before = (last.bundle or bundle, last.index_date) if last else None
    day = options.index_date or bundle.cohort.index_dates[-1]
    population = open_audit_population(bundle, source, day, limits=limits, last=before, progress=progress)
    return hold_population(population, history, last=before)


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
    limits = read_audit_policy(asked.asked)
    population = _open(bundle, source, asked, limits, last=None, progress=progress)
    pair = (first, second)
    rated = [rate_population(bundle, one, population.members, population.history) for one in pair]
    scopes = share_cost_scope([find_cost_scope(one, its.certificate) for one, its in zip(pair, rated, strict=True)])
    audits = [
        audit_policy(its, one, population, limits, options=asked, scope=scope)
        for one, its, scope in zip(pair, rated, scopes, strict=True)
    ]
    return write_audit(audits, out, {"dislocation": None, "comparison": _compare(audits, asked)})


def _policy_of(bundle: Bundle, path: Path | None) -> RatePolicy:
    chosen = read_policy(path, RatePolicy) if path else bundle.rates.policy if bundle.rates else None
    if chosen is None:
        message = f"bundle {bundle.scheme}: it holds no rate policy. Name one with --policy."
        raise PolicyError(message)
    return chosen


def _compare(audits: list[Audit], options: AuditOptions) -> dict[str, Any]:
    """Set two policies side by side on the same members, who cost the same under both."""
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
                partition=name_partition(first, name),
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
