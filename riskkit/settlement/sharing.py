"""Sharing a difference: minimum rate, bands, quality, sequestration and caps, in this order."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from riskkit.errors import DataContractError
from riskkit.settlement.bands import cut_into_bands, read_minimum, read_scale
from riskkit.settlement.lines import Running
from riskkit.settlement.money import exact, split_whole

if TYPE_CHECKING:
    from riskkit.settlement.blocks import Cap, MinimumRate
    from riskkit.settlement.contract import Contract
    from riskkit.settlement.policy import Overspend, Side, Surplus

FUND, TEAM = "fund", "team"


def share_surplus(
    surplus: Surplus | None, contract: Contract, per_unit: int, *, sequestration: Fraction = Fraction(0)
) -> Running:
    """Say what a team retains of its surplus.

    Parameters
    ----------
    surplus : Surplus or None
        The terms; without any the team retains nothing.
    contract : Contract
        A contract with a difference above 0.
    per_unit : int
        Minor units in one currency unit.
    sequestration : fractions.Fraction, default 0
        Fraction taken off what was earned, before the caps.

    Returns
    -------
    Running
        What the team retains, and how it came about.

    Raises
    ------
    DataContractError
        If the contract lacks a measure that the terms ask for.
    """
    kept = Running("surplus")
    if surplus is None or not _reaches(surplus.minimum, contract, kept):
        kept.move("nothing_shared", 0, basis=contract.difference_minor)
        return kept
    share = contract.get("share_rate")
    if share is not None:
        given = exact(share)
        kept.move("given_share", contract.difference_minor * given, basis=contract.difference_minor, rate=given)
    else:
        _add_bands(surplus, contract, per_unit, kept)
        if surplus.quality is not None:
            quality = contract.need("quality")
            factor = read_scale(surplus.quality, quality)
            item = "quality_gate" if factor == 0 else "quality_factor"
            kept.move(item, kept.amount * factor, basis=kept.amount, rate=factor, detail=f"{quality:.4g}")
    if sequestration:
        kept.move("sequestration", kept.amount * (1 - sequestration), basis=kept.amount, rate=sequestration)
    _hold_cap(surplus.caps, contract, kept)
    return kept


def share_overspend(overspend: Overspend | None, contract: Contract, per_unit: int) -> tuple[Running, dict[str, int]]:
    """Say who bears an overspend.

    Parameters
    ----------
    overspend : Overspend or None
        The terms; without any the fund bears it.
    contract : Contract
        A contract with a difference below 0.
    per_unit : int
        Minor units in one currency unit.

    Returns
    -------
    tuple of Running and dict of str to int
        What the team bears and how it came about; what each payer bears, summing to the overspend.

    Raises
    ------
    DataContractError
        If the contract names a cause that the policy does not know, or lacks a measure.
    """
    size = -contract.difference_minor
    borne = Running("overspend")
    others = {FUND: Fraction(1)}
    if overspend is None or not _reaches(overspend.minimum, contract, borne):
        borne.move("nothing_shared", 0, basis=size)
    else:
        cause = overspend.causes.get(contract.cause) if contract.cause is not None else None
        if cause is not None:
            named = {payer: exact(share.value) for payer, share in cause.payers.items() if share.value > 0}
            others = named or others
            rest = 1 - sum(named.values(), Fraction(0))
            borne.move("cause", size * rest, basis=size, rate=rest, detail=contract.cause or "")
        elif contract.cause is not None and overspend.causes:
            _refuse_cause(overspend, contract)
        elif overspend.complement is not None:
            share = _complement_share(overspend, contract)
            borne.move("loss_share", size * share, basis=size, rate=share)
        else:
            _add_bands(overspend, contract, per_unit, borne)
        _hold_cap(overspend.caps, contract, borne)
    left = size - borne.minor
    parts = split_whole(left, list(others.values()))
    return borne, {TEAM: borne.minor, **dict(zip(others, parts, strict=True))}


def find_minimum(minimum: MinimumRate, contract: Contract) -> Fraction:
    """Find a contract's minimum rate: its own, or the policy's.

    Parameters
    ----------
    minimum : MinimumRate
        The policy's block.
    contract : Contract
        The contract.

    Returns
    -------
    fractions.Fraction
        Fraction of what was prepaid.
    """
    own = contract.get("minimum_rate")
    if own is not None:
        return exact(own)
    found = read_minimum(minimum, contract.get("lives"))
    return exact(contract.need("lives")) if found is None else found


def _reaches(minimum: MinimumRate | None, contract: Contract, running: Running) -> bool:
    """Test the cliff and write the line; a difference that equals it reaches it."""
    if minimum is None:
        return True
    rate = find_minimum(minimum, contract)
    reached = abs(contract.difference_minor) >= rate * contract.prepaid_minor
    running.move("minimum_reached" if reached else "minimum_missed", 0, basis=rate * contract.prepaid_minor, rate=rate)
    return reached


def _add_bands(side: Side, contract: Contract, per_unit: int, running: Running) -> None:
    unit = Fraction(contract.prepaid_minor if side.measure == "fraction_of_prepaid" else per_unit)
    for part in cut_into_bands(abs(contract.difference_minor), unit, side.bands):
        running.move("band", running.amount + part.team_part, basis=part.amount, rate=part.share)


def _hold_cap(caps: tuple[Cap, ...], contract: Contract, running: Running) -> None:
    limits = [
        (exact(cap.limit.value), exact(amount))
        for cap in caps
        if _in_force(cap, caps, contract)
        and (amount := contract.prepaid_minor if cap.of == "prepaid" else contract.get("revenue_minor")) is not None
    ]
    if limits:
        rate, basis = min(limits, key=lambda limit: limit[0] * limit[1])
        if running.amount > rate * basis:
            running.move("cap", rate * basis, basis=basis, rate=rate)


def _in_force(cap: Cap, caps: tuple[Cap, ...], contract: Contract) -> bool:
    """Whether a limit is the latest of its kind that has begun; without a known year it is the last one written."""
    year = contract.get("agreement_year")
    begun = [
        other.from_agreement_year or 1
        for other in caps
        if other.of == cap.of and (year is None or (other.from_agreement_year or 1) <= year)
    ]
    return bool(begun) and (cap.from_agreement_year or 1) == max(begun)


def _complement_share(overspend: Overspend, contract: Contract) -> Fraction:
    bounds = overspend.complement
    if bounds is None:
        return Fraction(0)
    given = contract.get("loss_rate")
    if given is not None:
        return exact(given)
    share = 1 - exact(contract.need("share_rate"))
    return min(max(share, exact(bounds.floor.value)), exact(bounds.ceiling.value))


def _refuse_cause(overspend: Overspend, contract: Contract) -> None:
    known = ", ".join(sorted(overspend.causes))
    message = (
        f"settlement: team {contract.team_id!r} has cause {contract.cause!r}, expected one of {known} or none. "
        "Correct the cause, or add it to the policy."
    )
    raise DataContractError(message)
