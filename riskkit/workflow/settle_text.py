"""What a settled year comes to, in a few lines for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskkit.report.statement_amounts import begins_before
from riskkit.workflow.settle import name_year

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from riskkit.workflow.settle import SettledYear

PLAIN_GAP: Final = 0.001
"""A tenth of a point: far above what the rounding of share rates moves the median of a year by."""


def describe_settlement(year: SettledYear) -> list[str]:
    """Say in a few lines what was settled.

    Parameters
    ----------
    year : SettledYear
        The year.

    Returns
    -------
    list of str
        Lines for the terminal.
    """
    policy, totals = year.settlement.policy, year.settlement.totals
    scale = policy.per_currency_unit
    held = year.summary["settlement"]
    facts = held if isinstance(held, dict) else {}

    def money(name: str) -> str:
        return f"{int(totals[name].sum()) / scale:,.2f} {policy.currency}"

    lines = [
        f"Settled {len(totals):,} teams under {policy.name}: prepaid {money('prepaid_minor')}, actual "
        f"{money('actual_minor')}, retained {money('retained_minor')}, returned {money('returned_minor')}, "
        f"borne by teams {money('borne_team_minor')}."
    ]
    year_name = name_year(year.summary)
    if begins_before(policy, year_name):
        lines.append(f"The year {year_name} began before the policy was in force, on {policy.effective}.")
    lines += _describe_members(facts, money_of=lambda minor: f"{minor / scale:,.2f} {policy.currency}")
    if "reproduced_share" in facts:
        lines.append(
            f"Published results: identity {facts['benchmark_identity_share']:.2%}, minimum-rate rule "
            f"{facts['rule_share']:.2%}, earned amount {facts['reproduced_share']:.2%}; {len(facts['misses'])} misses."
        )
        lines += _doubt_year(facts)
        lines += [
            f"  {miss['aco_id'] or miss['name']} {miss['check']}: {miss['reason']}" for miss in facts["misses"][:20]
        ]
    return lines


def _doubt_year(facts: Mapping[str, Any]) -> list[str]:
    """Say so where the payments imply another sequestration than that of the performance year."""
    rate, implied = facts["sequestration_rate"], facts["sequestration_implied"]
    if rate is None or implied is None or abs(rate - implied) < PLAIN_GAP:
        return []
    return [
        f"The payments imply a sequestration of {implied:.2%}, the policy takes {rate:.2%} in the year "
        f"{facts['year']}: check the year in the file's name, or the policy's steps."
    ]


def _describe_members(facts: Mapping[str, Any], money_of: Callable[[int], str]) -> list[str]:
    """Say of a year settled from claims who joined, what stands outside of the teams, and who could not be scored."""
    lines = []
    if "joiners" in facts:
        joined, claims = facts["joiners"], facts["claims"]
        lines.append(
            f"{joined['persons']:,} members joined within the year or too late to be rated; "
            f"{joined['prepaid_persons']:,} of them were prepaid {money_of(joined['prepaid_minor'])}. Claims outside "
            f"of the teams' accounts: {money_of(claims['outside_minor'])} of {money_of(claims['all_minor'])}"
            f"{_say_counted(claims, money_of)}."
        )
    if facts.get("unscored_teams"):
        lines.append(
            f"{facts['unscored_teams']:,} teams with {facts['unscored_members']:,} members are too small to be scored "
            "and count as the mean of the others."
        )
    return lines


def _say_counted(claims: Mapping[str, Any], money_of: Callable[[int], str]) -> str:
    """Say so where a share of the claims counts."""
    share = claims["counted_share"]
    return "" if share == 1 else f", which is {share:.4g} of {money_of(claims['all_full_minor'])} in full"
