"""Ranges: what the numbers and words of a contract can be at all, whatever the policy makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from riskkit.settlement.bonus_blocks import ChangeBonus, EventBonus, GatedBonus, GradeBonus, StepBonus
from riskkit.settlement.place import Place

if TYPE_CHECKING:
    from riskkit.settlement.blocks import QualityScale
    from riskkit.settlement.policy import SettlementPolicy, Terms

COUNTS: Final = ("actual_minor", "revenue_minor", "lives", "heads", "agreement_year")
FRACTIONS: Final = ("minimum_rate", "share_rate", "loss_rate")
ENDLESS: Final = float("inf")


def check_ranges(policy: SettlementPolicy, contracts: pd.DataFrame, place: Place | None = None) -> None:
    """Refuse a contract with a number or a word that no year can give.

    Parameters
    ----------
    policy : SettlementPolicy
        Says on which scale quality is measured, which causes there are, and which measures are rates.
    contracts : pandas.DataFrame of shape (n_teams, n_columns)
        See `riskkit.settlement.contract.read_contracts`.
    place : Place, optional
        Where they stand.

    Raises
    ------
    DataContractError
        If an amount, a count or an event is below 0, a rate or a share is outside of 0 to 1, a quality score is outside
        of the policy's scale, or a cause is none of the policy's.
    """
    where = place or Place()
    for column, (lowest, highest) in find_ranges(policy).items():
        if column in contracts.columns:
            numbers = pd.to_numeric(contracts[column], errors="coerce")
            expected = f"{lowest:g} to {highest:g}" if highest < ENDLESS else f"at least {lowest:g}"
            where.refuse(contracts, (numbers < lowest) | (numbers > highest), column, expected)
    _check_scale(policy, contracts, where)
    causes = _list_causes(policy)
    if causes and "cause" in contracts.columns:
        wrong = contracts["cause"].notna() & ~contracts["cause"].isin(causes)
        where.refuse(contracts, wrong, "cause", f"one of {', '.join(sorted(causes))}, or none")


def _check_scale(policy: SettlementPolicy, contracts: pd.DataFrame, place: Place) -> None:
    """Refuse scores of a file that are all fractions where the policy counts in points."""
    scale = find_ranges(policy).get("quality")
    if not place.rows or scale is None or scale[1] <= 1 or "quality" not in contracts.columns:
        return
    scores = pd.to_numeric(contracts["quality"], errors="coerce")
    if 0 < scores.max() <= 1:
        place.refuse(contracts, scores > 0, "quality", f"a score of {scale[1]:g}, where it looks like a fraction")


def find_ranges(policy: SettlementPolicy) -> dict[str, tuple[float, float]]:
    """Find the range of each number that a contract can hold under a policy.

    Parameters
    ----------
    policy : SettlementPolicy
        The policy.

    Returns
    -------
    dict of str to tuple of float
        Lowest and highest value by column. The scale of quality goes from 0 to the highest score that the policy names:
        1 where none is above 1, else 100 or more.
    """
    ranges = {name: (0.0, ENDLESS) for name in COUNTS} | {name: (0.0, 1.0) for name in FRACTIONS}
    for bonus in policy.bonuses.values():
        match bonus:
            case StepBonus() | ChangeBonus():
                ranges |= {bonus.measure: (0.0, 1.0), f"{bonus.measure}_prior": (0.0, 1.0)}
            case EventBonus():
                ranges[bonus.measure] = (0.0, ENDLESS)
            case GatedBonus():
                rates = [name for name, target in bonus.targets.items() if target.unit.startswith("fraction")]
                ranges |= dict.fromkeys(rates, (0.0, 1.0))
            case GradeBonus():
                pass
    scores = _list_scores(policy)
    if scores:
        ranges["quality"] = (0.0, 1.0 if max(scores) <= 1 else max(100.0, *scores))
    return ranges


def _list_scores(policy: SettlementPolicy) -> list[float]:
    """List the quality scores that the policy names."""
    scales: list[QualityScale] = [
        terms.surplus.quality for terms in _list_terms(policy) if terms.surplus and terms.surplus.quality
    ]
    scales += [bonus.scale for bonus in policy.bonuses.values() if isinstance(bonus, GradeBonus)]
    scores = [point.score.value for scale in scales for point in scale.points]
    scores += [scale.gate.value for scale in scales if scale.gate]
    return scores + ([policy.withhold.full_score.value] if policy.withhold else [])


def _list_causes(policy: SettlementPolicy) -> set[str]:
    return {cause for terms in _list_terms(policy) if terms.overspend for cause in terms.overspend.causes}


def _list_terms(policy: SettlementPolicy) -> list[Terms]:
    return [*([policy.terms] if policy.terms else []), *policy.tracks.values()]
