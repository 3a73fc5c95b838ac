"""The summary in ten lines, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskkit.report.rivals import list_lost
from riskkit.workflow.follow_up_text import describe_follow_up
from riskkit.workflow.tier_changes import say_idle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SHOWN = {"binary": ("auroc", "oe_ratio", "calibration_slope"), "cost": ("r2", "oe_ratio", "calibration_slope")}
WORDS = {"auroc": "AUROC", "r2": "R2", "oe_ratio": "O/E", "calibration_slope": "slope"}


def describe_run(summary: Mapping[str, Any], out: Path, version: str | None) -> list[str]:
    """Say what a run came to.

    Parameters
    ----------
    summary : mapping
        The summary of the run.
    out : pathlib.Path
        Folder of the results.
    version : str or None
        Version in the registry, where the run registered one.

    Returns
    -------
    list of str
        About ten lines: data, outcomes with intervals, drift, tiers, rates, gates, registry, report.
    """
    data = summary["data"]
    lines = [
        f"{summary['scheme']['title']}",
        f"Data: {data['rows_in']:,} rows in, {data['accepted']:,} accepted, {data['quarantined']:,} set aside",
    ]
    lines += list_lost(summary)
    lines += [describe_outcome(outcome) for outcome in summary["outcomes"].values()]
    lines += describe_follow_up(summary["outcomes"])
    lines += describe_searches(summary["outcomes"])
    lines += [f"Policy price: {pair['sentence']}" for pair in summary.get("policy_price") or []]
    if summary["drift"]:
        lines += [
            f"INPUTS {summary['drift']['index_date']}: {one['inputs']['verdict']}. {one['inputs']['reason']}"
            for one in _drifted(summary)
            if one.get("inputs")
        ]
        lines += [f"DRIFT {summary['drift']['index_date']}: {one['message']}" for one in _drifted(summary)]
        lines += [
            f"DRIFT {summary['drift']['index_date']}: {name} is not judged, {one['reason']}."
            for name, one in (summary["drift"].get("open_horizons") or {}).items()
        ]
    tiers = _say_migration(summary.get("migration"))
    if summary["tiers"]:
        parts = [
            f"{row['tier']} {row['share']:.0%} (observed {row['observed_rate']['value']:.1%})"
            for row in summary["tiers"]["rows"]
        ]
        tiers.insert(0, "Tiers: " + ", ".join(parts))
    lines += ["; ".join(tiers)] if tiers else []
    lines += _say_overrides(summary.get("tier_files"))
    if summary.get("rates"):
        lines.append("; ".join(describe_rates(summary["rates"]["certificate"])))
    lines.append(_gates(summary["gates"]))
    if version:
        failed = any(gate["verdict"] == "fail" for gate in summary["gates"])
        alias = summary.get("alias", "challenger" if failed else "champion")
        lines.append(f"Registered: riskkit-{summary['scheme']['name']} version {version}, alias {alias}")
    return [*lines, f"Report: {out / 'report.html'}"]


def describe_searches(outcomes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Say how many trials a search for better trees made, where the clock and not their number ended it.

    Parameters
    ----------
    outcomes : mapping
        Outcomes of a summary; a search that made every trial asked for says nothing.

    Returns
    -------
    list of str
        One line for each such search.

    Examples
    --------
    >>> found = {"trials_asked": 40, "minutes_asked": 5.0, "trials_made": 12, "best_loss": 0.31, "cut": True}
    >>> describe_searches({"admission": {"tuning": found}})
    ['Search of admission: 12 of 40 trials, cut short by the limit of 5 minutes; best loss 0.31000']
    """
    lines = []
    for name, outcome in outcomes.items():
        found = outcome.get("tuning") or {}
        if not found.get("trials_made") or (found["trials_asked"] and not found["cut"]):
            continue
        asked, minutes = found["trials_asked"], found["minutes_asked"]
        line = f"Search of {name}: {found['trials_made']}" + (f" of {asked}" if asked else "") + " trials"
        if found["cut"]:
            line += f", cut short by the limit of {minutes:g} minutes"
        else:
            line += f" in {minutes:g} minutes"
        lines.append(f"{line}; best loss {found['best_loss']:.5f}")
    return lines


def say_failed(gates: Sequence[Mapping[str, Any]], what: str) -> str:
    """Say how many gates failed, and by how much the first did.

    Parameters
    ----------
    gates : sequence of mapping
        From `judge_gates` and `judge_drift`.
    what : str
        What a failure means, such as ``"gates failed"``.

    Returns
    -------
    str
        A clause; empty where none failed.

    Examples
    --------
    >>> gate = {"name": "admission.oe_ratio", "figure": 1.2, "limit": "0.97 to 1.03", "verdict": "fail"}
    >>> say_failed([gate], "gates failed")
    '1 of 1 gates failed (first admission.oe_ratio: found 1.2, expected 0.97 to 1.03)'
    """
    failed = [gate for gate in gates if gate["verdict"] == "fail"]
    if not failed:
        return ""
    first = failed[0]
    found = "not defined" if first["figure"] is None else f"{first['figure']:.4g}"
    return f"{len(failed)} of {len(gates)} {what} (first {first['name']}: found {found}, expected {first['limit']})"


def _say_overrides(used: Mapping[str, Any] | None) -> list[str]:
    """Say which overrides did nothing, where there are any."""
    idle = say_idle(used["changes"]) if used and used["changes"] else ""
    return [f"Overrides: {idle}"] if idle else []


def _say_migration(migration: Mapping[str, Any] | None) -> list[str]:
    """Say how stable the tiers are, and how many are not the model's own."""
    if not migration or migration["stability"] is None:
        return []
    line = f"Migration from {migration['last_index_date']}: {migration['stability']:.1%} keep their tier, PSI "
    line += f"{migration['psi']:.3f} ({migration['psi_verdict']})"
    if migration["changes"]:
        held, raised = (sum(migration["changes"][word].values()) for word in ("held", "raised"))
        line += f"; {held:,} tiers held, {raised:,} raised by clinicians"
    return [line]


def describe_rates(certificate: Mapping[str, Any]) -> list[str]:
    """Say whether a rate table meets its budget.

    Parameters
    ----------
    certificate : mapping
        The budget-neutrality certificate.

    Returns
    -------
    list of str
        One line on what is allocated, and one on the rates times their exposure where the certificate states it.
    """
    scale, currency = certificate["minor_units_per_currency_unit"], certificate["currency"]
    budget, allocated = certificate["budget_minor"] / scale, certificate["allocated_minor"] / scale
    return [
        f"Rates: {certificate['members']:,} members, budget {budget:,.2f} {currency}, allocated {allocated:,.2f}, "
        f"difference {certificate['difference_minor']} minor units",
        *_describe_tie(certificate),
    ]


def _describe_tie(certificate: Mapping[str, Any]) -> list[str]:
    """Say what the rates times their exposure come to, where the certificate states it."""
    if "rate_due_minor" not in certificate:
        return []
    due, apart = certificate["rate_due_minor"], certificate["rate_due_difference_minor"]
    paid = f"{due / certificate['minor_units_per_currency_unit']:,.2f} {certificate['currency']}"
    line = f"Rate x exposure: {paid}, difference {apart:.2f} minor units"
    if certificate["rates_tie"]:
        return [f"{line}; {certificate['tie']}"] if certificate.get("tie_moves") else [line]
    why = certificate.get("tie", f"{certificate['different_rates']} different rates are too few to tie")
    return [f"{line}; {why}, the allocation takes it up"]


def describe_outcome(outcome: Mapping[str, Any]) -> str:
    """Say how well one outcome is predicted.

    Parameters
    ----------
    outcome : mapping
        Its part of a summary: `title`, `kind`, `policy`, `test`, and `truth` where it is known.

    Returns
    -------
    str
        One line.
    """
    figures = [f"{WORDS[name]} {_interval(outcome['test'][name])}" for name in SHOWN[outcome["kind"]]]
    line = f"{outcome['title']} [{outcome['policy']}]: {', '.join(figures)}"
    truth = outcome.get("truth")
    if not truth or truth["ratio"] is None:
        return line
    reached = truth[truth["metric"]]["value"]
    return f"{line}; true risk {WORDS[truth['metric']]} {reached:.3f}, reached {truth['ratio']:.1%}"


def _interval(figure: Mapping[str, float | None]) -> str:
    if figure["value"] is None or figure["low"] is None or figure["high"] is None:
        return _figure(figure["value"])
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def _figure(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.3f}"


def _drifted(summary: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(summary["drift"]["outcomes"].values())


def _gates(gates: list[dict[str, Any]]) -> str:
    counts = {
        verdict: sum(gate["verdict"] == verdict for gate in gates) for verdict in ("pass", "inconclusive", "fail")
    }
    text = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    open_ones = [f"{gate['name']} {_figure(gate['figure'])}" for gate in gates if gate["verdict"] != "pass"]
    return f"Gates: {text}" + (f" ({'; '.join(open_ones)})" if open_ones else "")
