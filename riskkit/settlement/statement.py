"""The statement: every line of a team's year, totals by team, and the identities that they must keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import pandas as pd

from riskkit.errors import PolicyError
from riskkit.settlement.bonus import pay_bonus
from riskkit.settlement.contract import Contract, read_contracts
from riskkit.settlement.lines import Line, Running
from riskkit.settlement.money import exact, to_minor
from riskkit.settlement.policy import SettlementPolicy, Terms, Withhold
from riskkit.settlement.ranges import check_ranges
from riskkit.settlement.sequestration import find_sequestration
from riskkit.settlement.sharing import TEAM, share_overspend, share_surplus
from riskkit.settlement.totals import check_identities, compute_totals, find_net

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskkit.settlement.place import Place

LINE_COLUMNS: Final = ["team_id", "line", "section", "item", "detail", "basis_minor", "rate", "amount_minor"]


@dataclass(frozen=True)
class Settlement:
    """What a settlement says.

    Parameters
    ----------
    policy : SettlementPolicy
        The policy.
    lines : pandas.DataFrame of shape (n_lines, 8)
        `team_id`, `line` (from 1), `section`, `item`, `detail`, `basis_minor`, `rate`, `amount_minor`.
    totals : pandas.DataFrame of shape (n_teams, 14)
        One row per team, see `compute_totals` and, as `net_minor`, `find_net`.
    """

    policy: SettlementPolicy
    lines: pd.DataFrame
    totals: pd.DataFrame


def settle(policy: SettlementPolicy, contracts: pd.DataFrame, place: Place | None = None) -> Settlement:
    """Settle every contract under a policy.

    Parameters
    ----------
    policy : SettlementPolicy
        The policy.
    contracts : pandas.DataFrame of shape (n_teams, n_columns)
        See `riskkit.settlement.contract.read_contracts`.
    place : Place, optional
        Where they stand, for messages.

    Returns
    -------
    Settlement
        Lines and totals, sorted by team; each team's identities hold to the minor unit.

    Raises
    ------
    DataContractError
        If a contract breaks a rule, lacks a measure that the policy asks for, holds a number out of its range, or names
        an unknown cause.
    PolicyError
        If a contract's track is not one of the policy's.
    """
    read = read_contracts(contracts, place)
    check_ranges(policy, contracts, place)
    statements = [settle_contract(policy, contract) for contract in read]
    rows = [
        (team, at, line.section, line.item, line.detail, line.basis_minor, line.rate, line.amount_minor)
        for team, lines, _ in statements
        for at, line in enumerate(lines, start=1)
    ]
    table = pd.DataFrame(rows, columns=LINE_COLUMNS).astype({"basis_minor": "Int64", "rate": "float64"})
    totals = pd.DataFrame([total for _, _, total in statements])
    check_identities(totals)
    return Settlement(policy, table, totals)


def settle_contract(policy: SettlementPolicy, contract: Contract) -> tuple[str, list[Line], dict[str, object]]:
    """Settle one contract.

    Parameters
    ----------
    policy : SettlementPolicy
        The policy.
    contract : Contract
        The contract.

    Returns
    -------
    tuple of str, list of Line and dict
        The team, its lines, and its totals.
    """
    per_unit, difference = policy.per_currency_unit, contract.difference_minor
    terms = _terms_of(policy, contract)
    lines = [
        *_account_of_prepaid(contract),
        Line("account", "prepaid", contract.prepaid_minor),
        *_account_of_cost(contract, policy.counted_share),
        Line("account", "actual", -contract.actual_minor),
        Line(
            "account",
            "surplus" if difference >= 0 else "overspend",
            difference,
            contract.prepaid_minor,
            difference / contract.prepaid_minor,
        ),
        *_quality_of_pool(contract),
    ]
    kept, borne, payers = Running("surplus"), Running("overspend"), {TEAM: 0}
    if difference > 0:
        sequestration = find_sequestration(policy.sequestration, contract.get("performance_year"))
        kept = share_surplus(terms.surplus, contract, per_unit, sequestration=sequestration)
        lines += [
            *kept.lines,
            Line("surplus", "retained", kept.minor),
            Line("surplus", "returned", difference - kept.minor),
        ]
    elif difference < 0:
        borne, payers = share_overspend(terms.overspend, contract, per_unit)
        lines += [
            *borne.lines,
            *(_bear(payer, amount, -difference) for payer, amount in payers.items()),
        ]
    held = _withhold(policy.withhold, contract)
    paid = [line for name, bonus in policy.bonuses.items() for line in pay_bonus(name, bonus, contract, per_unit)]
    totals = compute_totals(contract, kept.minor, payers, held, paid)
    totals["net_minor"] = find_net(policy, totals)
    net = Line("net", "net", int(str(totals["net_minor"])), detail=policy.contract.funds)
    return contract.team_id, [*lines, *held, *paid, net], totals


def sum_lines(lines: Iterable[Line], section: str) -> int:
    """Add up the lines of one section that are steps of an amount.

    Parameters
    ----------
    lines : iterable of Line
        Lines.
    section : str
        A section.

    Returns
    -------
    int
        Their sum in minor units, without the lines that state results.
    """
    results = {"retained", "returned", "borne"}
    return sum(line.amount_minor for line in lines if line.section == section and line.item not in results)


def _bear(payer: str, amount: int, overspend: int) -> Line:
    """Write what one payer bears; of the others than the team, whose steps stand above it, with its share."""
    share = None if payer == TEAM else amount / overspend
    return Line("overspend", "borne", amount, overspend, share, payer)


def _account_of_prepaid(contract: Contract) -> list[Line]:
    """Write how what was prepaid came about, where some of the members joined within the year."""
    joined = int(contract.get("joined_prepaid_minor") or 0)
    if not joined:
        return []
    lives = int(contract.get("joined_lives") or 0)
    rated = contract.prepaid_minor - joined
    return [
        Line("account", "prepaid_rated", rated),
        Line("account", "prepaid_joined", joined, detail=f"{lives:,}"),
    ]


def _account_of_cost(contract: Contract, share: float) -> list[Line]:
    """Write how the cost came about, where the contract says: claims known, completion, what the fund took over."""
    parts = (("paid", "paid_minor", -1), ("completion", "completion_minor", -1), ("ceded", "ceded_minor", 1))
    known = [(item, sign * int(value)) for item, name, sign in parts if (value := contract.get(name)) is not None]
    lines = [Line("account", item, amount) for item, amount in known if amount or item == "paid"]
    full = contract.get("full_minor")
    if full is None or share == 1:
        return lines
    return [
        replace(line, item="counted", basis_minor=int(full), rate=share) if line.item == "paid" else line
        for line in lines
    ]


def _quality_of_pool(contract: Contract) -> list[Line]:
    """Say so where a team could not be scored and counts as the pool."""
    mean = contract.get("pool_quality")
    return [] if mean is None else [Line("account", "pool_quality", 0, detail=f"{mean:.4g}")]


def _terms_of(policy: SettlementPolicy, contract: Contract) -> Terms:
    if not policy.tracks:
        return policy.terms or Terms()
    if contract.track not in policy.tracks:
        known = ", ".join(policy.tracks)
        message = (
            f"policy {policy.name}: team {contract.team_id!r} is in track {contract.track!r}, expected one of {known}. "
            "Correct the contract's track, or add it to [tracks]."
        )
        raise PolicyError(message)
    return policy.tracks[contract.track]


def _withhold(withhold: Withhold | None, contract: Contract) -> list[Line]:
    """Say what was withheld and what is released; it is withheld from what was prepaid, and is no part of the net."""
    if withhold is None:
        return []
    rate, prepaid = exact(withhold.rate.value), contract.prepaid_minor
    held = to_minor(rate * prepaid)
    share = exact(contract.need("quality")) / exact(withhold.full_score.value)
    attained = min(max(share, Fraction(0)), Fraction(1))
    released = to_minor(held * attained)
    return [
        Line("withhold", "withheld", -held, prepaid, float(rate)),
        Line("withhold", "released", released, held, float(attained)),
        Line("withhold", "forfeited", released - held),
    ]
