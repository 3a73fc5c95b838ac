"""Team budgets: the rates of a team's members, its credible experience, its corridor, and what is withheld."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError, PolicyError
from riskkit.rates.adjustments import solve_factor
from riskkit.rates.allocation import split_by_largest_remainder
from riskkit.rates.credibility import compute_credibility
from riskkit.rates.ledger import STEP_ITEMS
from riskkit.rates.members import MONTHS_A_YEAR, as_floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskkit.rates.frozen import FrozenRates
    from riskkit.rates.team_blocks import Corridor

MEMBER_RATES = "rates of the members"


@dataclass(frozen=True)
class TeamBudgets:
    """Budgets by team and what each step added to them.

    Parameters
    ----------
    budgets : pandas.DataFrame of shape (n_teams, 8)
        `team_id`, `members`, `member_years`, `credibility` and `experience` (NaN without that block), `budget_minor`,
        `withheld_minor`, `paid_minor` (integer minor units); sorted by team.
    ledger : pandas.DataFrame of shape (n_teams * n_steps, 4)
        `team_id`, `step`, `item`, `amount` (currency); a team's amounts sum to `paid_minor`.
    """

    budgets: pd.DataFrame
    ledger: pd.DataFrame


def compute_team_budgets(
    frozen: FrozenRates,
    table: pd.DataFrame,
    *,
    experience: pd.DataFrame | None = None,
    prior: pd.DataFrame | None = None,
) -> TeamBudgets:
    """Turn the rates of a table's members into budgets of their teams that sum to the table's budget.

    Parameters
    ----------
    frozen : FrozenRates
        The policy.
    table : pandas.DataFrame of shape (n_members, n_columns)
        Rate table with `team_id`, `exposure_months` and `allocated_minor`; members without a team are one of their own.
    experience : pandas.DataFrame, optional
        `team_id`, `ratio` (actual over expected, net of the risk model), `weight`; needed by ``[credibility]``.
    prior : pandas.DataFrame, optional
        `team_id`, `amount` (currency per member year of the year before); needed by ``[corridor]``. A team that has
        none is new and not held.

    Returns
    -------
    TeamBudgets
        Budgets and their ledger.

    Raises
    ------
    DataContractError
        If a frame that a block needs is absent or lacks a column, or last year's amounts are not above 0, one per team.
    PolicyError
        If the corridors of all teams leave no way to spend the budget.

    References
    ----------
    .. [1] METHODS 6, steps 4 and 10 to 13; POLICY_RULES C22: a signed member's cost is the team's.
    """
    teams, years = _roll_up(table)
    policy, scale = frozen.policy, frozen.policy.rounding.per_currency_unit
    total_minor = int(teams["due_minor"].sum())
    amounts = {0: teams["due_minor"].to_numpy(dtype=np.float64) / scale}
    if policy.credibility is not None:
        teams = _with_experience(teams, experience, policy.name)
        amounts[4] = amounts[0] * teams["factor"].to_numpy()
        amounts[10] = amounts[4] * (total_minor / scale / math.fsum(amounts[4].tolist()))
    running = amounts[max(amounts)]
    if policy.corridor is not None:
        before = _prior_amounts(teams, prior, policy.name)
        amounts[11] = running = _hold(policy.corridor, running, years, before, policy_name=policy.name)
    budget = split_by_largest_remainder(running, total_minor)
    share = 0.0 if policy.withhold is None else policy.withhold.share.value
    withheld = np.rint(share * budget).astype(np.int64)
    if policy.withhold is not None:
        amounts[12] = running * (1 - share)
    amounts[13] = (budget - withheld) / scale
    kept = teams[["team_id", "members", "member_years", "credibility", "experience"]]
    budgets = kept.assign(budget_minor=budget, withheld_minor=withheld, paid_minor=budget - withheld)
    return TeamBudgets(budgets, _write_ledger(teams["team_id"], amounts))


def _roll_up(table: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Sum members, exposure and allocated amounts by team."""
    missing = [name for name in ("team_id", "exposure_months", "allocated_minor") if name not in table]
    if missing:
        message = f"team budgets: the rate table lacks column {missing[0]!r}. Rate a source whose members have teams."
        raise DataContractError(message)
    named = table["team_id"].astype("object").fillna("no team").astype("str")
    rows = pd.DataFrame(
        {
            "team_id": named,
            "months": as_floats(table, "exposure_months"),
            "due_minor": table["allocated_minor"].to_numpy(dtype=np.int64),
        }
    )
    grouped = rows.groupby("team_id", sort=True)
    teams = grouped.agg(members=("due_minor", "size"), due_minor=("due_minor", "sum")).reset_index()
    years = np.array([math.fsum(part.tolist()) for _, part in grouped["months"]]) / MONTHS_A_YEAR
    return teams.assign(member_years=years, credibility=np.nan, experience=np.nan), years


def _with_experience(teams: pd.DataFrame, experience: pd.DataFrame | None, policy_name: str) -> pd.DataFrame:
    """Add each team's credible actual over expected; a team without experience has the common mean."""
    if experience is None:
        message = (
            f"rate policy {policy_name!r} [credibility]: needs the experience of the teams, got none. Give team_id, "
            "ratio (actual over expected, net of the risk model) and weight, or remove the block."
        )
        raise DataContractError(message)
    found = compute_credibility(experience)
    below = (experience["ratio"] < 0).to_numpy()
    if below.any():
        message = (
            f"rate policy {policy_name!r} [credibility]: team {str(experience['team_id'].iloc[int(below.argmax())])!r} "
            f"has a ratio below 0 ({below.sum()} of {len(experience)} rows), expected actual over expected of 0 or "
            "more. Correct the experience."
        )
        raise DataContractError(message)
    known = found.teams.set_index("team_id").reindex(teams["team_id"])
    return teams.assign(
        credibility=known["credibility"].fillna(0.0).to_numpy(),
        experience=known["experience"].to_numpy(),
        factor=known["premium"].fillna(found.complement).to_numpy(),
    )


def _prior_amounts(teams: pd.DataFrame, prior: pd.DataFrame | None, policy_name: str) -> NDArray[np.float64]:
    """Look up last year's amount per member year, NaN for a new team."""
    if prior is None or not {"team_id", "amount"} <= set(prior.columns):
        message = (
            f"rate policy {policy_name!r} [corridor]: needs last year's team_id and amount per member year. "
            "Give the rates of the year before, or remove the block."
        )
        raise DataContractError(message)
    _refuse_wrong_prior(prior, policy_name)
    before = prior.set_index("team_id")["amount"].reindex(teams["team_id"])
    return before.to_numpy(dtype=np.float64)


def _refuse_wrong_prior(prior: pd.DataFrame, policy_name: str) -> None:
    """Raise where a team has two amounts, or one that no corridor can be laid around."""
    amount = pd.to_numeric(prior["amount"], errors="coerce").to_numpy(dtype=np.float64)
    team = prior["team_id"].astype("object")
    checks = (
        (team.isna().to_numpy(), "no team_id", "a team"),
        (team.duplicated(keep=False).to_numpy(), "more than one row", "one row per team"),
        (~(np.isfinite(amount) & (amount > 0)), "an amount that is not above 0", "currency per member year above 0"),
    )
    for wrong, found, expected in checks:
        if wrong.any():
            place = int(wrong.argmax())
            message = (
                f"rate policy {policy_name!r} [corridor]: last year's amounts: team {str(team.iloc[place])!r} has "
                f"{found} ({wrong.sum()} of {len(prior)} rows, amount {prior['amount'].iloc[place]!s}), expected "
                f"{expected}. Correct the file; leave a new team out of it."
            )
            raise DataContractError(message)


def _hold(
    block: Corridor,
    amount: NDArray[np.float64],
    years: NDArray[np.float64],
    before: NDArray[np.float64],
    *,
    policy_name: str,
) -> NDArray[np.float64]:
    """Hold each team's amount per member year to its corridor and the sum of all to the budget."""
    target = math.fsum(amount.tolist())
    per_year = np.divide(amount, years, out=np.zeros_like(amount), where=years > 0)
    floor = np.where(np.isnan(before), 0.0, before * (1 - block.down.value))
    cap = np.where(np.isnan(before), np.inf, before * (1 + block.up.value))
    lowest, highest = math.fsum((floor * years).tolist()), math.fsum((cap * years)[years > 0].tolist())
    if not lowest <= target * (1 + 1e-12) or not target <= highest * (1 + 1e-12):
        message = (
            f"rate policy {policy_name!r} [corridor]: the budget of {target:,.2f} lies outside of what the corridors "
            f"of {len(amount)} teams allow, {lowest:,.2f} to {highest:,.2f}. Widen the corridor, or change the budget."
        )
        raise PolicyError(message)
    factor = solve_factor(per_year, years, target=target, floor=floor, cap=cap)
    return np.clip(factor * per_year, floor, cap) * years


def _write_ledger(team_id: pd.Series, amounts: dict[int, NDArray[np.float64]]) -> pd.DataFrame:
    """Write what each step adds to a team's amount."""
    steps = list(amounts)
    added = np.diff(np.column_stack(list(amounts.values())), axis=1, prepend=0.0)
    rows = np.repeat(np.arange(len(team_id)), len(steps))
    items = [MEMBER_RATES if step == 0 else STEP_ITEMS[step] for step in steps]
    return pd.DataFrame(
        {
            "team_id": team_id.to_numpy()[rows],
            "step": np.tile(np.array(steps, dtype=np.int8), len(team_id)),
            "item": pd.array(np.tile(np.array(items, dtype=object), len(team_id)), dtype="str"),
            "amount": added.ravel(),
        }
    )
