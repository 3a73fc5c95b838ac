"""A portfolio from a rate table: its teams, tiers, member years, rates and expected costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.policy import validate_policy
from riskkit.stress.model import make_model
from riskkit.stress.policy import StressPolicy

if TYPE_CHECKING:
    import numpy.typing as npt

NEEDED = ("exposure_months", "expected_cost", "rate_amount", "risk_tier")


def take_rate_table(policy: StressPolicy, table: pd.DataFrame) -> StressPolicy:
    """Put the teams, tiers, member years, rates and expected costs of a rate table into a policy.

    Rates may pay for a part of the cost alone, so cost within their scope is taken: the expected cost times the
    share that all rates are of it. Mean claims and large claims are scaled to that cost, income per member and the
    reserve with them; how claims scatter, enrolment, trend and terms stay as the policy has them.

    Parameters
    ----------
    policy : StressPolicy
        The policy; it is not changed.
    table : pandas.DataFrame
        ``rates.parquet`` of a retraining: `exposure_months`, `expected_cost` and `rate_amount` (currency per member
        year), `risk_tier`, and optionally `team_id`; without it members are dealt to the policy's teams in proportion
        to their sizes.

    Returns
    -------
    StressPolicy
        A copy on the table's portfolio.

    Raises
    ------
    DataContractError
        If a column is absent, there are no members, or a tier of the table is none of the policy's.
    """
    _check(policy, table)
    names = [tier.name for tier in policy.tiers]
    years = table["exposure_months"] / 12
    sums = pd.DataFrame({"years": years, "cost": table["expected_cost"] * years, "rate": table["rate_amount"] * years})
    by_tier = sums.groupby(table["risk_tier"].astype("str")).sum().reindex(names, fill_value=0.0)
    scope = float(by_tier["rate"].sum() / by_tier["cost"].sum())
    overall = by_tier.sum()
    held = make_model(policy)
    mean = np.array(by_tier["cost"].where(by_tier["years"] > 0).div(by_tier["years"]).mul(scope))
    mean = np.where(np.isnan(mean), held.expected_cost * overall["rate"] / overall["years"] / _mean(held), mean)
    rate = by_tier["rate"].div(by_tier["years"]).to_numpy()
    general = float(overall["rate"] / overall["years"] / _mean(held))
    teams = _teams(policy, table, names, years)
    values = policy.model_dump()
    for at, tier in enumerate(values["tiers"]):
        own = float(mean[at] / held.expected_cost[at])
        tier["claim_mean"]["value"] *= own
        tier["large_claims"]["value"] *= own / general
        tier["rate"]["value"] = float(rate[at]) if rate[at] > 0 else tier["rate"]["value"] * general
    for key in ("threshold", "largest"):
        values["claims"][key]["value"] *= general
    size = float(sum(sum(team["members"]) for team in teams) / held.members.sum())
    values["fund"]["income"]["value"] *= general
    values["fund"]["reserve"]["value"] *= general * size
    for item in values["prices"]:
        for key in ("before", "after"):
            item[key]["value"] *= general
    values["portfolio"] |= {"teams": teams, "reference": "rate table: member years by team and tier"}
    return validate_policy(values, StressPolicy, Path(f"{policy.name} on the rate table"))


def _mean(model: Any) -> float:
    return float((model.members @ model.expected_cost).sum() / model.members.sum())


def _check(policy: StressPolicy, table: pd.DataFrame) -> None:
    absent = [name for name in NEEDED if name not in table]
    if absent:
        message = (
            f"rates: no column {absent[0]!r}; expected {', '.join(NEEDED)} and optionally team_id. Give the "
            "rates.parquet of a retraining whose scheme has tiers."
        )
        raise DataContractError(message)
    known = {tier.name for tier in policy.tiers}
    unknown = sorted(set(table["risk_tier"].astype("str")) - known)
    if unknown or table.empty:
        found = f"tier {unknown[0]!r}" if unknown else "no members"
        message = (
            f"rates: found {found}, expected members in the tiers {sorted(known)} of stress policy {policy.name!r}. "
            "Name the tiers of the table in [[tiers]] of the policy."
        )
        raise DataContractError(message)


def _teams(policy: StressPolicy, table: pd.DataFrame, names: list[str], years: pd.Series) -> list[dict[str, Any]]:
    tier = table["risk_tier"].astype("str")
    if "team_id" in table:
        counted = years.groupby([table["team_id"].astype("str"), tier]).sum().reset_index(name="years")
        counted = counted.pivot_table(values="years", index="team_id", columns="risk_tier", aggfunc="sum")
        counted = counted.reindex(columns=names).fillna(0.0).round().astype("int64")
        return [{"name": str(name), "members": tuple(int(one) for one in row)} for name, row in counted.iterrows()]
    sizes = np.array([sum(team.members) for team in policy.portfolio.teams], dtype=np.float64)
    dealt = [_deal(round(float(years[tier == name].sum())), sizes) for name in names]
    return [
        {"name": team.name, "members": tuple(int(column[at]) for column in dealt)}
        for at, team in enumerate(policy.portfolio.teams)
    ]


def _deal(total: int, sizes: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Deal whole members in proportion to sizes, largest remainders first."""
    exact = total * sizes / sizes.sum()
    dealt = np.floor(exact).astype(np.int64)
    order = np.argsort(dealt - exact, kind="stable")
    dealt[order[: total - int(dealt.sum())]] += 1
    return np.asarray(dealt)
