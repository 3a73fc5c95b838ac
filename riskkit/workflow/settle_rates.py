"""Settle the rates of a retraining against the claims of the year that they were for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.data.io import hash_file
from riskkit.data.staging import keep_source
from riskkit.errors import DataContractError
from riskkit.policy import read_policy
from riskkit.rates.certificate import hash_rate_table
from riskkit.settlement.accounts import Accounts, build_accounts
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.scorecard_policy import Scorecard
from riskkit.settlement.small_teams import compute_panel_noise
from riskkit.settlement.statement import settle
from riskkit.settlement.unscored import fill_unscored
from riskkit.workflow.contract_file import read_csv
from riskkit.workflow.quality import ScoredTeams, score_tables
from riskkit.workflow.settle import SettledYear, close_year, distribute_file, write_year
from riskkit.workflow.year import find_year, open_tables, read_claims, read_spans

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskkit.data.io import Tables
    from riskkit.data.quality import OnBadRows

    Progress = Callable[[str, int, int], None]

NEEDED = ("person_id", "index_date", "rate_minor")


def settle_rates(
    policy: Path,
    rates: Path,
    source: Path,
    out: Path,
    *,
    adapter: str,
    results: Path | None = None,
    institutions: Path | None = None,
    on_bad_rows: OnBadRows = "refuse",
    progress: Progress | None = None,
) -> SettledYear:
    """Settle rates against claims, by team.

    Parameters
    ----------
    policy, rates, source, out : pathlib.Path
        Settlement policy; ``rates.parquet`` of a retraining, held to the certificate beside it; folder of a source that
        holds the year; folder for the results.
    adapter : str
        Layout of the source.
    results : pathlib.Path, optional
        CSV file by `team_id` of what claims do not tell: `cause`, and `quality` and the measures of bonuses. A
        `quality` there goes before the policy's scorecard.
    institutions : pathlib.Path, optional
        CSV file of institutions, for a policy that distributes.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    SettledYear
        Settlement and summary.

    Raises
    ------
    PolicyError
        If the policy cannot be carried out as written.
    DataContractError
        If rates or source break a rule, or the source does not hold the year.
    """
    read = read_policy(policy, SettlementPolicy)
    table = read_rates(read, rates)
    told = None if results is None else read_csv(results)
    keep_source(source, out)
    year = find_year(pd.Timestamp(table["index_date"].iloc[0]))
    months = int(read.completion.run_out_months.value) if read.completion else 0
    known_by = year[1] + pd.DateOffset(months=months)
    with open_tables(source, adapter, on_bad_rows=on_bad_rows, progress=progress) as tables:
        amount = read.actual.amount if read.actual else "allowed_amount"
        claims = read_claims(tables, year, amount, known_by)
        accounts = build_accounts(read, table, claims, read_spans(tables), start=year[0], end=year[1])
        scored = _score(read, policy, tables, year[0])
    contracts = accounts.contracts
    if scored is not None:
        contracts = contracts.merge(scored.teams[["team_id", "quality"]], on="team_id", how="left")
    contracts = _add_results(contracts, told)
    if scored is not None:
        contracts = fill_unscored(read, contracts)
    settlement = settle(read, contracts)
    noise = measure_noise(read, accounts)
    facts = {
        "rates_sha256": hash_file(rates),
        "year_start": year[0].date().isoformat(),
        "known_by": known_by.date().isoformat(),
        "members": int(accounts.members["person_id"].nunique()),
        "rated_members": len(table),
        "claims_outside": accounts.outside,
        "thin_panels": int(noise["thin_panel"].sum()),
    }
    tables_out = {"contracts": contracts, "panel_noise": noise, **distribute_file(settlement, institutions)}
    if scored is not None:
        tables_out["scorecard"] = scored.lines
    luck = dict(zip(noise["team_id"], noise["chance_by_luck"], strict=True))
    return write_year(close_year(settlement, facts), out, tables_out, luck=luck, progress=progress)


def read_rates(policy: SettlementPolicy, path: Path) -> pd.DataFrame:
    """Read a rate table and hold it to its certificate.

    Parameters
    ----------
    policy : SettlementPolicy
        Its currency and minor unit must be those of the rates.
    path : pathlib.Path
        ``rates.parquet``; ``certificate.json`` beside it is checked where it is there.

    Returns
    -------
    pandas.DataFrame
        The rates.

    Raises
    ------
    DataContractError
        If the table cannot be read, is of several index dates or repeats a member, or is not the certified one.
    """
    from pyarrow.lib import ArrowInvalid

    if not path.is_file():
        message = f"{path}: no such file. Give the rates.parquet of a retraining, or of riskkit rates."
        raise DataContractError(message)
    try:
        table = pd.read_parquet(path)
    except (OSError, ArrowInvalid) as exc:
        reason = " ".join(str(exc).split())
        message = f"{path}: not readable as Parquet ({reason}). Give the rates.parquet of a retraining."
        raise DataContractError(message) from exc
    lacking = [name for name in NEEDED if name not in table.columns]
    days = table["index_date"].nunique() if not lacking else 0
    if lacking or days != 1 or table["person_id"].duplicated().any():
        found = f"no column {lacking[0]!r}" if lacking else f"{len(table)} rows of {days} index dates"
        message = (
            f"{path}: found {found}, expected one row per member, all of one index date. Give one year's rates.parquet."
        )
        raise DataContractError(message)
    _check_certificate(policy, path, table)
    return table


def _check_certificate(policy: SettlementPolicy, path: Path, table: pd.DataFrame) -> None:
    beside = path.with_name("certificate.json")
    if not beside.is_file():
        return
    try:
        stated = json.loads(beside.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as exc:
        message = f"{beside}: not readable as JSON ({exc}). Rate the members again."
        raise DataContractError(message) from exc
    pairs = {
        "currency": policy.currency,
        "minor_units_per_currency_unit": policy.per_currency_unit,
        "rate_table_sha256": hash_rate_table(table),
    }
    for name, expected in pairs.items():
        if name in stated and stated[name] != expected:
            message = (
                f"{beside}: {name} is {stated[name]}, but the rates and the policy have {expected}. Settle the "
                "certified table under a policy of its currency."
            )
            raise DataContractError(message)


def measure_noise(policy: SettlementPolicy, accounts: Accounts) -> pd.DataFrame:
    """Say how much of each team's result is the luck of its panel.

    Parameters
    ----------
    policy : SettlementPolicy
        Says below how many lives a panel is thin.
    accounts : Accounts
        The year's members, whose cost about what was prepaid gives the variation, and contracts.

    Returns
    -------
    pandas.DataFrame
        See `riskkit.settlement.small_teams.compute_panel_noise`.
    """
    members = accounts.members
    settled = members["cost_minor"] + members["completion_minor"] - members["ceded_minor"]
    cost, prepaid = settled.to_numpy(float), members["prepaid_minor"].to_numpy(float)
    level = cost.sum() / prepaid.sum()
    variation = float(np.sqrt(np.mean((cost - level * prepaid) ** 2)) / cost.mean()) if cost.sum() else 0.0
    contracts = accounts.contracts
    totals = contracts.assign(surplus_minor=contracts["prepaid_minor"] - contracts["actual_minor"])
    thin = policy.noise.thin_below.value if policy.noise else 0.0
    return compute_panel_noise(totals, max(variation, 1e-9), thin_below=thin)


def _score(policy: SettlementPolicy, path: Path, tables: Tables, start: pd.Timestamp) -> ScoredTeams | None:
    if policy.scorecard is None:
        return None
    scorecard = read_policy(path.parent / policy.scorecard, Scorecard)
    return score_tables(scorecard, tables, start)


def _add_results(contracts: pd.DataFrame, results: pd.DataFrame | None) -> pd.DataFrame:
    """Add what claims do not tell; a team that is not among the contracts is an error, one without a row is none."""
    if results is None:
        return contracts
    if "team_id" not in results.columns or not set(results["team_id"]) <= set(contracts["team_id"]):
        strange = sorted(set(results.get("team_id", [])) - set(contracts["team_id"]))
        message = (
            f"results: found teams {strange[:5]} that have no contract, expected column team_id. Correct the file."
        )
        raise DataContractError(message)
    merged = contracts.merge(results, on="team_id", how="left", suffixes=("", "_told"), validate="one_to_one")
    for column in [name for name in merged.columns if str(name).endswith("_told")]:
        name = str(column).removesuffix("_told")
        merged[name] = merged.pop(column).fillna(merged[name])
    return merged
