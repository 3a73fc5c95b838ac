"""Settle the rates of a retraining against the claims of the year that they were for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from riskkit.data.io import hash_file
from riskkit.data.staging import keep_source
from riskkit.errors import DataContractError
from riskkit.policy import read_policy
from riskkit.settlement.accounts import Newcomers, build_accounts
from riskkit.settlement.bonus_blocks import ask_measures
from riskkit.settlement.money import exact, to_minor
from riskkit.settlement.policy import SettlementPolicy
from riskkit.settlement.scorecard_policy import Scorecard
from riskkit.settlement.statement import settle
from riskkit.settlement.unscored import fill_unscored
from riskkit.workflow.contract_file import read_table
from riskkit.workflow.quality import ScoredTeams, score_tables
from riskkit.workflow.rate_table import read_rates
from riskkit.workflow.settle import SettledYear, close_year, distribute_file, write_year
from riskkit.workflow.settle_members import make_panels, measure_noise, summarise_accounts, summarise_unscored
from riskkit.workflow.year import find_year, open_tables, read_claims, read_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from riskkit.data.io import Tables
    from riskkit.data.quality import OnBadRows

    Progress = Callable[[str, int, int], None]

STATED = "joiner_rate_amount"
"""Column of the results: what a team's contract states for members who join within the year, a member year."""


def settle_rates(
    policy: Path,
    rates: Path,
    source: Path,
    out: Path,
    *,
    adapter: str,
    results: Path | None = None,
    reported: Path | None = None,
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
        CSV file by `team_id` of what claims do not tell: `cause`, `quality`, the measures of bonuses, and
        `joiner_rate_amount`, the contract's rate of members who join within the year. What is there goes before the
        policy's scorecard and its rate of joiners.
    reported : pathlib.Path, optional
        CSV file of rates from outside for the policy's scorecard: `team_id`, `indicator`, `numerator`, `denominator`.
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
    told = None if results is None else read_table(results)
    keep_source(source, out)
    year = find_year(pd.Timestamp(table["index_date"].iloc[0]))
    months = int(read.completion.run_out_months.value) if read.completion else 0
    known_by = year[1] + pd.DateOffset(months=months)
    with open_tables(source, adapter, on_bad_rows=on_bad_rows, progress=progress) as tables:
        claims = read_claims(tables, year, read.actual.amount if read.actual else "allowed_amount", known_by)
        newcomers = Newcomers(tables.frame("person")[["person_id", "birth_date", "sex"]], _read_stated(read, told))
        spans = read_spans(tables)
        accounts = build_accounts(read, table, claims, spans, start=year[0], end=year[1], newcomers=newcomers)
        scored = _score(read, policy, tables, (year[0], known_by), reported)
    contracts = _complete_contracts(read, accounts.contracts, scored, told)
    settlement, handed_on = distribute_file(settle(read, contracts), institutions)
    noise = measure_noise(read, accounts)
    facts = {
        "rates_sha256": hash_file(rates),
        "year_start": year[0].date().isoformat(),
        "known_by": known_by.date().isoformat(),
        "rated_members": len(table),
        **summarise_accounts(read, accounts),
        **summarise_unscored(contracts),
        "thin_panels": int(noise["thin_panel"].sum()),
    }
    written = {"contracts": contracts, "outside": accounts.outside, "panel_noise": noise, **handed_on}
    if scored is not None:
        written["scorecard"] = scored.lines
    panels = make_panels(read, noise, known_by)
    keep = [rates, results, reported, institutions]
    return write_year(close_year(settlement, facts), out, written, panels=panels, keep=keep, progress=progress)


def _score(
    policy: SettlementPolicy,
    path: Path,
    tables: Tables,
    days: tuple[pd.Timestamp, pd.Timestamp],
    reported: Path | None,
) -> ScoredTeams | None:
    """Score the year that begins on the first of two days, as far as it was known by the second."""
    outside = None if reported is None else read_table(reported)
    if policy.scorecard is None:
        if outside is None:
            return None
        message = f"policy {policy.name}: it has no scorecard. Name one, or leave out --reported."
        raise DataContractError(message)
    scorecard = read_policy(path.parent / policy.scorecard, Scorecard)
    return score_tables(scorecard, tables, days[0], outside, known_by=days[1])


def _complete_contracts(
    policy: SettlementPolicy, contracts: pd.DataFrame, scored: ScoredTeams | None, told: pd.DataFrame | None
) -> pd.DataFrame:
    """Add the quality and the rates that the policy asks for: what is told goes before what was scored."""
    if scored is None:
        return _add_results(contracts, told)
    asked = sorted(ask_measures(policy.bonuses) & set(scored.measures.columns))
    known = scored.teams[["team_id", "quality"]].merge(scored.measures[["team_id", *asked]], on="team_id")
    filled = _add_results(contracts.merge(known, on="team_id", how="left"), told, asked)
    return fill_unscored(policy, filled, asked)


def _read_stated(policy: SettlementPolicy, told: pd.DataFrame | None) -> dict[str, int]:
    """Read the rate that a team's contract states for members who join within the year."""
    if told is None or STATED not in told.columns or "team_id" not in told.columns:
        return {}
    if policy.joiners is None:
        message = (
            f"results: found {STATED}, but policy {policy.name} has no [joiners], so nobody would be paid by it. "
            "Add the block to the policy, or leave out the column."
        )
        raise DataContractError(message)
    amounts = told[STATED]
    wrong = amounts.notna() & ~(amounts >= 0)
    if wrong.any():
        first = told.loc[wrong].iloc[0]
        message = (
            f"results: {STATED} of team {str(first['team_id'])!r} is {first[STATED]!r}, expected currency per member "
            "year, at least 0. Correct the cell."
        )
        raise DataContractError(message)
    pairs = zip(told["team_id"], amounts, strict=True)
    return {
        str(team): to_minor(exact(float(amount)) * policy.per_currency_unit) for team, amount in pairs if amount >= 0
    }


def _add_results(contracts: pd.DataFrame, results: pd.DataFrame | None, asked: Sequence[str] = ()) -> pd.DataFrame:
    """Add what claims do not tell; a team that is not among the contracts is an error, one without a row is none."""
    if results is None:
        return contracts
    own = sorted((set(results.columns) & set(contracts.columns)) - {"team_id", "quality", *asked})
    if own or results.get("team_id", pd.Series(dtype="str")).duplicated().any():
        found = f"column {own[0]!r}, which comes from the claims" if own else "a team twice"
        message = f"results: found {found}, expected one row per team of what claims do not tell. Correct the file."
        raise DataContractError(message)
    if "team_id" not in results.columns or not set(results["team_id"]) <= set(contracts["team_id"]):
        strange = sorted(set(results.get("team_id", [])) - set(contracts["team_id"]))
        message = (
            f"results: found teams {strange[:5]} that have no contract, expected column team_id. Correct the file."
        )
        raise DataContractError(message)
    told = results.drop(columns=[STATED], errors="ignore")
    merged = contracts.merge(told, on="team_id", how="left", suffixes=("", "_told"), validate="one_to_one")
    for column in [name for name in merged.columns if str(name).endswith("_told")]:
        name = str(column).removesuffix("_told")
        merged[name] = merged.pop(column).fillna(merged[name])
    return merged
