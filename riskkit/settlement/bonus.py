"""Bonuses: what a contract's results are worth beside its difference."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from riskkit.settlement.bands import read_scale
from riskkit.settlement.bonus_blocks import Bonus, ChangeBonus, EventBonus, GatedBonus, GradeBonus, StepBonus
from riskkit.settlement.lines import Line
from riskkit.settlement.money import exact, to_minor

if TYPE_CHECKING:
    from riskkit.policy import PolicyNumber
    from riskkit.settlement.contract import Contract


def pay_bonus(name: str, bonus: Bonus, contract: Contract, per_unit: int) -> list[Line]:
    """Say what a bonus pays.

    Parameters
    ----------
    name : str
        Name of the bonus in the policy.
    bonus : Bonus
        Its block.
    contract : Contract
        The contract, with the measures that the bonus asks for.
    per_unit : int
        Minor units in one currency unit.

    Returns
    -------
    list of Line
        Section `bonus`; a payment to members has the item `bonus_member` and adds nothing to the team.

    Raises
    ------
    DataContractError
        If the contract lacks a measure.
    """
    return [
        Line("bonus", item, to_minor(amount), to_minor(basis), float(rate), name)
        for item, amount, basis, rate in _pay(bonus, contract, per_unit)
    ]


Payment = tuple[str, Fraction, Fraction, Fraction]


def _pay(bonus: Bonus, contract: Contract, per_unit: int) -> list[Payment]:
    match bonus:
        case StepBonus():
            return _pay_steps(bonus, contract, per_unit)
        case GatedBonus():
            return _pay_gated(bonus, contract, per_unit)
        case ChangeBonus():
            return _pay_fall(bonus, contract)
        case EventBonus():
            return _pay_events(bonus, contract, per_unit)
        case GradeBonus():
            fraction = read_scale(bonus.scale, contract.need("quality"))
            return [("bonus_grade", contract.prepaid_minor * fraction, Fraction(contract.prepaid_minor), fraction)]


def _pay_steps(bonus: StepBonus, contract: Contract, per_unit: int) -> list[Payment]:
    steps = min(_steps(bonus.measure, bonus.step, bonus.method, contract), exact(bonus.most_steps.value))
    heads = exact(contract.need("heads"))
    base, more = exact(bonus.base.value) * per_unit, exact(bonus.amount.value) * per_unit
    return [
        ("bonus_base", heads * base, base, heads),
        ("bonus_step", heads * more * steps, heads * more, steps),
    ]


def _pay_gated(bonus: GatedBonus, contract: Contract, per_unit: int) -> list[Payment]:
    met = all(contract.need(measure) >= target.value for measure, target in bonus.targets.items())
    word, more = ("bonus_met", bonus.met) if met else ("bonus_missed", bonus.missed)
    if bonus.per == "prepaid":
        prepaid = Fraction(contract.prepaid_minor)
        shares = [("bonus_base_share", bonus.base), (word, more)]
        return [(item, prepaid * exact(pay.value), prepaid, exact(pay.value)) for item, pay in shares if pay]
    heads = exact(contract.need("heads"))
    rates = [("bonus_base", bonus.base), (f"{word}_heads", more)]
    due = [(item, exact(pay.value) * per_unit) for item, pay in rates if pay is not None]
    return [(item, heads * amount, amount, heads) for item, amount in due]


def _pay_fall(bonus: ChangeBonus, contract: Contract) -> list[Payment]:
    steps = _steps(bonus.measure, bonus.step, bonus.method, contract, falls=True)
    fraction = min(steps * exact(bonus.fraction.value), exact(bonus.cap.value))
    return [("bonus_fall", contract.prepaid_minor * fraction, Fraction(contract.prepaid_minor), fraction)]


def _pay_events(bonus: EventBonus, contract: Contract, per_unit: int) -> list[Payment]:
    events = exact(contract.need(bonus.measure))
    team, member = exact(bonus.team.value) * per_unit, exact(bonus.member.value) * per_unit
    return [("bonus_event", events * team, team, events), ("bonus_member", events * member, member, events)]


def _steps(measure: str, step: PolicyNumber, method: str, contract: Contract, *, falls: bool = False) -> Fraction:
    """Count the steps by which a rate has risen, or fallen, since the year before; none the other way."""
    rise = exact(contract.need(measure)) - exact(contract.need(f"{measure}_prior"))
    steps = max((-rise if falls else rise) / exact(step.value), Fraction(0))
    return Fraction(math.floor(steps)) if method == "stepped" else steps
