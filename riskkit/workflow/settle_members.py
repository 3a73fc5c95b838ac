"""The members behind a settled year: who joined, where the claims stand, and what is the luck of a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from riskkit.report.panel import Panel
from riskkit.settlement.outside import sum_outside
from riskkit.settlement.small_teams import compute_panel_noise

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.settlement.accounts import Accounts
    from riskkit.settlement.policy import SettlementPolicy


def summarise_accounts(policy: SettlementPolicy, accounts: Accounts) -> dict[str, object]:
    """Say who was prepaid, who joined, and where every claim of the year stands.

    Parameters
    ----------
    policy : SettlementPolicy
        Says which share of the claims counts.
    accounts : Accounts
        The year's accounts.

    Returns
    -------
    dict
        `members` (prepaid), `joiners` (`persons`, `prepaid_persons`, `prepaid_minor`), `claims_outside` (minor units by
        account) and `claims`: `teams_minor` and `outside_minor`, which sum to `all_minor`, are what counts of the
        claims, which is `counted_share` of `teams_full_minor`, `outside_full_minor` and their sum `all_full_minor`.
    """
    members, outside = accounts.members, sum_outside(accounts.outside)
    joined = members[members["joined"]]
    full, rest_full = int(members["full_minor"].sum()), int(accounts.outside["full_minor"].sum())
    teams, rest = int(members["cost_minor"].sum()), sum(outside.values())
    return {
        "members": int(members["person_id"].nunique()),
        "joiners": {
            "persons": int(accounts.joiners["person_id"].nunique()),
            "prepaid_persons": int(joined["person_id"].nunique()),
            "prepaid_minor": int(joined["prepaid_minor"].sum()),
        },
        "claims_outside": outside,
        "claims": {
            **{"teams_minor": teams, "outside_minor": rest, "all_minor": teams + rest},
            "counted_share": policy.counted_share,
            **{"teams_full_minor": full, "outside_full_minor": rest_full, "all_full_minor": full + rest_full},
        },
    }


def summarise_unscored(contracts: pd.DataFrame) -> dict[str, object]:
    """Count the teams that the scorecard could not score, and their members.

    Parameters
    ----------
    contracts : pandas.DataFrame
        The contracts; `pool_quality` where a team counts as the mean of the others.

    Returns
    -------
    dict
        `unscored_teams`, `unscored_team_ids` and `unscored_members`; empty where the policy has no scorecard.
    """
    if "pool_quality" not in contracts.columns:
        return {}
    without = contracts[contracts["pool_quality"].notna()]
    return {
        "unscored_teams": len(without),
        "unscored_team_ids": [str(team) for team in without["team_id"]],
        "unscored_members": int(without["lives"].sum()),
    }


def make_panels(policy: SettlementPolicy, noise: pd.DataFrame, known_by: pd.Timestamp) -> dict[str, Panel]:
    """Make what the statements say of each team's members.

    Parameters
    ----------
    policy : SettlementPolicy
        Says below how many lives a panel is thin.
    noise : pandas.DataFrame
        See `measure_noise`.
    known_by : pandas.Timestamp
        Day by which a claim must be known to count.

    Returns
    -------
    dict of str to Panel
        Panel by team.
    """
    below = None if policy.noise is None else int(policy.noise.thin_below.value)
    day = known_by.date().isoformat()
    return {
        str(row["team_id"]): Panel(
            int(row["lives"]), float(row["chance_by_luck"]), day, below if row["thin_panel"] else None
        )
        for row in noise.to_dict("records")
    }


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
