"""The stress test as a run: policies in, paths simulated, figures, frames and a page out, all or nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.data.staging import staged
from riskkit.errors import DataContractError, PolicyError
from riskkit.report.render import render
from riskkit.report.stress_page import make_stress_document
from riskkit.stress.comparison import compare_policies
from riskkit.stress.model import StressModel, make_model
from riskkit.stress.numbers import list_numbers
from riskkit.stress.portfolio import take_rate_table
from riskkit.stress.projection import FundFlows, Projection, compute_fund_flows
from riskkit.stress.reading import read_stress_policy
from riskkit.stress.results import make_path_frame, make_team_frame, summarise_fund
from riskkit.stress.sensitivity import compute_tornado, find_breaking_trend
from riskkit.stress.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.stress.policy import StressPolicy

    Progress = Callable[[str, int, int], None]

PAGE = "stress.html"
# Tornado and reverse stress project each path dozens of times; their answers need no more paths than this.
_MOST_SENSITIVITY_PATHS = 2_000


@dataclass(frozen=True)
class StressRun:
    """What a stress test found.

    Parameters
    ----------
    summary : dict
        The content of ``summary.json``.
    paths : pandas.DataFrame
        One row per policy, path and year.
    teams : pandas.DataFrame
        One row per policy, team and year.
    """

    summary: dict[str, Any]
    paths: pd.DataFrame
    teams: pd.DataFrame


def run_stress(
    policy: Path,
    out: Path | None,
    *,
    against: Path | None = None,
    rates: Path | None = None,
    n_paths: int,
    seed: int = 0,
    progress: Progress | None = None,
) -> StressRun:
    """Test a policy, alone or against another on common random numbers, and write what was found.

    Parameters
    ----------
    policy : pathlib.Path
        Stress policy.
    out : pathlib.Path or None
        Folder for ``summary.json``, ``paths.parquet``, ``teams.parquet`` and ``stress.html``; None writes nothing.
    against : pathlib.Path, optional
        A second policy.
    rates : pathlib.Path, optional
        ``rates.parquet`` of a retraining, or the folder that holds it; its teams, tiers, member years, rates and costs
        take the place of the policies' own.
    n_paths : int
        Paths, at least 100.
    seed : int, default 0
        Seed; the same inputs and seed give the same bytes.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    StressRun
        Summary and frames.

    Raises
    ------
    PolicyError
        If a policy cannot be carried out, or the two cannot be compared.
    DataContractError
        If the rate table cannot be read or lacks what is needed.
    """
    table = None if rates is None else _read_rates(rates)
    files = [policy] if against is None else [policy, against]
    models = {read.name: make_model(read) for read in (_read(file, table) for file in files)}
    if len(models) < len(files):
        message = f"{against}: name is that of {policy}; expected another. Give each policy a name of its own."
        raise PolicyError(message)
    projections = simulate(models, n_paths, seed, progress=progress)
    flows = {name: compute_fund_flows(models[name], projections[name]) for name in models}
    first = next(iter(models.values())).policy
    few = min(n_paths, _MOST_SENSITIVITY_PATHS)
    summary: dict[str, Any] = {
        "run": {"paths": n_paths, "sensitivity_paths": few, "seed": seed, "riskkit_version": version("riskkit")},
        "portfolio": "rate table" if rates is not None else "policy",
        "policies": [_summarise(models[name], flows[name]) for name in models],
        "comparison": _compare(models, flows) if against is not None else [],
        "tornado": compute_tornado(first, few, seed, progress=progress).to_dict("records"),
        "reverse": find_breaking_trend(first, few, seed, progress=progress),
    }
    run = StressRun(summary, *_make_frames(models, projections, flows))
    if out is not None:
        with staged(out) as stage:
            _write(run, stage)
    return run


def _read(file: Path, table: pd.DataFrame | None) -> StressPolicy:
    policy = read_stress_policy(file)
    return policy if table is None else take_rate_table(policy, table)


def _read_rates(place: Path) -> pd.DataFrame:
    from pyarrow.lib import ArrowInvalid

    file = place / "rates.parquet" if place.is_dir() else place
    try:
        return pd.read_parquet(file)
    except (ArrowInvalid, OSError) as error:
        message = f"{file}: not readable as a rate table ({error}). Give the rates.parquet of a retraining."
        raise DataContractError(message) from error


def _summarise(model: StressModel, flows: FundFlows) -> dict[str, Any]:
    policy = model.policy
    return {
        "name": policy.name,
        "title": policy.title,
        "title_zh": policy.title_zh,
        "reference": policy.reference,
        "currency": policy.currency,
        "redline": {"limit": policy.redline.limit.value, "measure": policy.redline.measure, "per": policy.redline.per},
        "reserve": policy.fund.reserve.value,
        "teams": len(model.members),
        "members": int(model.members.sum()),
        **summarise_fund(model, flows),
        "numbers": list(list_numbers(policy)),
    }


def _compare(models: dict[str, StressModel], flows: dict[str, FundFlows]) -> list[dict[str, Any]]:
    first, second = ((models[name], flows[name]) for name in models)
    return [
        {str(key): value for key, value in row.items()} for row in compare_policies(first, second).to_dict("records")
    ]


def _make_frames(
    models: dict[str, StressModel], projections: dict[str, Projection], flows: dict[str, FundFlows]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    paths = [make_path_frame(projections[name], flows[name], name) for name in models]
    teams = [make_team_frame(models[name], projections[name], flows[name]) for name in models]
    return pd.concat(paths, ignore_index=True), pd.concat(teams, ignore_index=True)


def _write(run: StressRun, folder: Path) -> None:
    text = json.dumps(run.summary, ensure_ascii=False, indent=1, allow_nan=False)
    (folder / "summary.json").write_text(text, encoding="utf-8")
    run.paths.to_parquet(folder / "paths.parquet", index=False)
    run.teams.to_parquet(folder / "teams.parquet", index=False)
    (folder / PAGE).write_text(render(make_stress_document(json.loads(text), run.teams)), encoding="utf-8")


def describe_stress(summary: dict[str, Any]) -> list[str]:
    """Say what a stress test found in ten lines.

    Parameters
    ----------
    summary : dict
        Of `StressRun`.

    Returns
    -------
    list of str
        Ten lines; with a second policy its figures follow in the same lines.
    """
    policies, run, reverse = summary["policies"], summary["run"], summary["reverse"]
    first = policies[0]
    limit, currency = first["redline"]["limit"], first["currency"]
    tornado = summary["tornado"]
    trend = reverse["note"] if reverse["trend"] is None else f"{reverse['trend']:.2%} a year"
    paired = next((row for row in summary["comparison"] if row["figure"] == "closing_reserve_amount"), None)
    return [
        f"{' against '.join(policy['title'] for policy in policies)}",
        f"{run['paths']:,} paths x {len(first['years'])} years x {first['teams']} teams, {first['members']:,} members, "
        f"seed {run['seed']}",
        f"growth above {limit:.1%} in some year: {_each(policies, lambda one: _share(one['breach']['ever']))}",
        f"  by year: {_each(policies, lambda one: ', '.join(_short(year) for year in one['breach']['by_year']))}",
        f"  first in year: {_each(policies, lambda one: ', '.join(f'{p:.0%}' for p in one['breach']['first_year']))}",
        f"reserve below zero in some year: {_each(policies, lambda one: _share(one['ruin']['ever']))}",
        f"fall of the reserve, VaR 95 / 99, million {currency}: {_each(policies, lambda one: _tails(one, 'var'))}",
        f"  TVaR 95 / 99, million {currency}: {_each(policies, lambda one: _tails(one, 'tvar'))}",
        f"breach with probability {reverse['probability']:.0%} from a mean trend of: {trend}",
        _describe_difference(paired, currency)
        if paired
        else f"moves the closing reserve most: {tornado[0]['title'] if tornado else 'not asked'}",
    ]


def _each(policies: list[dict[str, Any]], say: Callable[[dict[str, Any]], str]) -> str:
    return " | ".join(say(policy) for policy in policies)


def _share(estimate: dict[str, float]) -> str:
    return f"{estimate['value']:.1%} ({estimate['low']:.1%} to {estimate['high']:.1%})"


def _short(estimate: dict[str, float]) -> str:
    return f"{estimate['value']:.0%}"


def _tails(policy: dict[str, Any], kind: str) -> str:
    return " / ".join(f"{policy['loss'][f'{kind}_{level}'] / 1e6:,.1f}" for level in (95, 99))


def _describe_difference(row: dict[str, Any], currency: str) -> str:
    low, high = row["low"] / 1e6, row["high"] / 1e6
    return (
        f"closing reserve, second less first: {row['difference'] / 1e6:,.2f} million {currency} "
        f"({low:,.2f} to {high:,.2f}, paired)"
    )
