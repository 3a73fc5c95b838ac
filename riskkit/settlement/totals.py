"""A team's totals: what the lines of its statement come to, what moves in cash, and the identities that must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskkit.errors import DataContractError
from riskkit.settlement.sharing import FUND, TEAM

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from riskkit.settlement.contract import Contract
    from riskkit.settlement.lines import Line
    from riskkit.settlement.policy import SettlementPolicy

TREASURY: Final = "treasury"


def compute_totals(
    contract: Contract, retained: int, payers: dict[str, int], held: list[Line], paid: list[Line]
) -> dict[str, object]:
    """Add up one team's statement.

    Parameters
    ----------
    contract : Contract
        The contract.
    retained : int
        What the team retains of a surplus.
    payers : dict of str to int
        What each payer bears of an overspend.
    held, paid : list of Line
        Lines of the withhold and of the bonuses.

    Returns
    -------
    dict
        `team_id`; in minor units `prepaid_minor`, `paid_minor`, `completion_minor`, `ceded_minor` (what is known, still
        open, and taken over by the fund), `actual_minor` (the first two less the third), `surplus_minor` (below 0: an
        overspend), `retained_minor`, `returned_minor`, `borne_team_minor`, `borne_fund_minor`, `borne_treasury_minor`,
        `borne_other_minor`, `withheld_minor`, `released_minor`, `bonus_minor` and `bonus_member_minor`.
    """
    others = {payer: amount for payer, amount in payers.items() if payer not in {TEAM, FUND, TREASURY}}
    bonus = sum(line.amount_minor for line in paid if line.item != "bonus_member")
    released = sum(line.amount_minor for line in held if line.item == "released")
    completion, ceded = (int(contract.get(name) or 0) for name in ("completion_minor", "ceded_minor"))
    return {
        "team_id": contract.team_id,
        "prepaid_minor": contract.prepaid_minor,
        "paid_minor": contract.actual_minor - completion + ceded,
        "completion_minor": completion,
        "ceded_minor": ceded,
        "actual_minor": contract.actual_minor,
        "surplus_minor": contract.difference_minor,
        "retained_minor": retained,
        "returned_minor": max(contract.difference_minor, 0) - retained,
        "borne_team_minor": payers[TEAM],
        "borne_fund_minor": payers.get(FUND, 0),
        "borne_treasury_minor": payers.get(TREASURY, 0),
        "borne_other_minor": sum(others.values()),
        "withheld_minor": -sum(line.amount_minor for line in held if line.item == "withheld"),
        "released_minor": released,
        "bonus_minor": bonus,
        "bonus_member_minor": sum(line.amount_minor for line in paid if line.item == "bonus_member"),
    }


def find_net(policy: SettlementPolicy, totals: Mapping[str, object]) -> int:
    """Find what the settlement moves in cash.

    Parameters
    ----------
    policy : SettlementPolicy
        Says who holds the money.
    totals : mapping of str to object
        See `compute_totals`.

    Returns
    -------
    int
        Minor units paid to the team (below 0: by the team). Where the team holds what was prepaid, it is what others
        bear of an overspend, less what it returns of a surplus; where the fund pays the claims, what the team retains,
        less what it bears. What is released and paid for results comes on top.
    """
    held = {name: int(str(value)) for name, value in totals.items() if name != "team_id"}
    moved = held["retained_minor"] - held["borne_team_minor"]
    if policy.contract.funds == "prepaid":
        moved -= held["surplus_minor"]
    return moved + held["released_minor"] + held["bonus_minor"]


def check_identities(totals: pd.DataFrame) -> None:
    """Refuse totals that do not reconcile.

    Parameters
    ----------
    totals : pandas.DataFrame
        See `compute_totals`.

    Raises
    ------
    DataContractError
        If prepaid is not actual and surplus together, a surplus not what is retained and returned, or an overspend not
        what its payers bear.
    """
    surplus = totals["surplus_minor"]
    shared = totals["retained_minor"] + totals["returned_minor"]
    borne = totals[["borne_team_minor", "borne_fund_minor", "borne_treasury_minor", "borne_other_minor"]].sum(axis=1)
    wrong = (totals["prepaid_minor"] != totals["actual_minor"] + surplus) | (shared - borne != surplus)
    wrong |= (shared != surplus.clip(lower=0)) | (totals["released_minor"] > totals["withheld_minor"])
    if wrong.any():
        first = totals.loc[wrong, "team_id"].iloc[0]
        message = f"settlement: the statement of team {first!r} does not reconcile. Report this with the policy file."
        raise DataContractError(message)
