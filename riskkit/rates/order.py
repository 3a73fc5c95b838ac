"""Order: the proof, step by step, that the rate does not fall where the expected cost or the tier rises."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from riskkit.rates.frozen import FrozenRates

COLUMNS: Final = ["step", "claim", "verdict", "found"]
HOLDS: Final = "holds"
FAILS: Final = "fails"
NOT_CLAIMED: Final = "not claimed"
UNASSESSED: Final = "unassessed"
"""Members whom the tier rule cannot place for want of evidence."""
Row = tuple[str, str, str, str]


def check_rate_order(frozen: FrozenRates, directions: Mapping[str, int], tiers: Sequence[str] = ()) -> pd.DataFrame:
    """Check that every step from the expected cost on is non-decreasing, on the frozen figures.

    Two members of one region are compared, the second with no lower expected cost, no lower tier and no better value
    of a constrained feature. Each step adds or multiplies by numbers that are the same for both, or no lower for the
    second, or clips and rounds, which keeps the order; what has to be positive or rising for that is looked up.

    Parameters
    ----------
    frozen : FrozenRates
        Policy and fitted figures.
    directions : mapping of str to int
        -1, 0 or 1 by feature, from the catalogue.
    tiers : sequence of str, default ()
        Tiers from the lowest risk to the highest; needed where the policy prices the tier.

    Returns
    -------
    pandas.DataFrame of shape (n_steps, 4)
        `step`, `claim`, `verdict` (``holds``, ``fails``, ``not claimed``) and `found`; steps that the policy does not
        take have no row.

    References
    ----------
    .. [1] METHODS 6, steps 1 to 13.
    """
    return pd.DataFrame(list(_check(frozen, directions, tiers)), columns=COLUMNS)


def _check(frozen: FrozenRates, directions: Mapping[str, int], tiers: Sequence[str]) -> Iterator[Row]:
    policy = frozen.policy
    mean, coding = frozen.normalization_factor, policy.relative_risk.coding_factor
    kept = 1.0 if coding is None else 1 - coding.value
    yield _row(
        "2 score", "cost is divided and the coding factor taken off by positive numbers", [("", mean), ("", kept)]
    )
    if policy.new_enrollees is not None:
        yield _check_new(frozen, directions)
    yield _check_relativity(frozen, tiers)
    if policy.pooling is not None:
        # What the charge makes negative is clipped at a floor of at least 0, or the table is refused.
        yield "5 pooling", "one charge is taken off everybody", HOLDS, f"{frozen.pooling_charge:,.2f}"
    yield _row("6 base", "the base is positive", [("", frozen.base_amount)])
    if policy.region is not None:
        factors = [(name, one.value / frozen.region_normalization) for name, one in policy.region.factors.items()]
        yield _row("7 region", "every region's factor is positive, and both members are of one region", factors)
    if policy.modifiers is not None:
        yield from _check_uplifts(frozen, directions)
    if policy.floor_cap is not None:
        low, high = frozen.limits.floor, frozen.limits.cap
        found = f"{low:,.2f} to {high:,.2f}"
        yield "9 limits", "the floor lies below the cap", HOLDS if 0 <= low < high else FAILS, found
    if policy.budget is not None:
        yield _row("10 budget", "one positive factor meets the budget", [("", frozen.budget_factor)])
    yield "13 rounding", "rounding to a minor unit keeps the order", HOLDS, policy.rounding.method
    if frozen.rate_moves:
        yield _check_moves(frozen.rate_moves)


def _row(step: str, claim: str, numbers: Sequence[tuple[str, float]]) -> Row:
    """Say whether numbers that have to be positive are."""
    wrong = [f"{name} {value:g}".strip() for name, value in numbers if not (math.isfinite(value) and value > 0)]
    found = ", ".join(wrong or [f"{name} {value:,.4g}".strip() for name, value in numbers])
    return step, claim, FAILS if wrong else HOLDS, found


def _check_new(frozen: FrozenRates, directions: Mapping[str, int]) -> Row:
    """Check the table of age and sex that stands for the model of a new enrollee."""
    claim, block = "for a new enrollee of either sex the table does not fall with age", frozen.policy.new_enrollees
    if directions.get("age_years", 0) <= 0 or block is None:
        return "2 new enrollees", claim, NOT_CLAIMED, "the catalogue gives age no direction"
    bands = ["youngest", *(f"{age.value:g}+" for age in block.ages)]
    for sex in ("F", "M"):
        scores = [frozen.new_enrollee_scores.get(f"{sex} {band}", 1.0) for band in bands]
        for band, (before, after) in zip(bands[1:], pairwise(scores), strict=True):
            if after < before:
                return "2 new enrollees", claim, FAILS, f"{sex} {band}: {after:.3f} after {before:.3f}"
    return "2 new enrollees", claim, HOLDS, f"{2 * len(bands)} cells"


def _check_relativity(frozen: FrozenRates, tiers: Sequence[str]) -> Row:
    """Check that a higher tier has no lower relativity, and want of evidence none above the lowest tier's.

    Evidence may place a member in any tier, so that not testing never pays only where nobody without it is paid more
    than the lowest tier is (POLICY_RULES contradiction 2).
    """
    block = frozen.policy.relative_risk
    if not block.uses_tier:
        said = "the member's own score" if block.method == "individual" else "the same for everybody"
        return "3 relativity", "it does not fall where the score rises", HOLDS, said
    claim, table = "no tier has a lower relativity than the one below it, or than no evidence", frozen.tier_relativities
    known = [(name, table[name]) for name in tiers if name in table]
    for (lower, one), (higher, other) in pairwise(known):
        if other < one:
            return "3 relativity", claim, FAILS, f"{higher} {other:g} after {lower} {one:g}"
    assessed = {name: value for name, value in table.items() if name != UNASSESSED}
    if UNASSESSED in table and assessed:
        lowest = min(assessed, key=assessed.__getitem__)
        if table[UNASSESSED] > assessed[lowest]:
            found = f"{UNASSESSED} {table[UNASSESSED]:g} above {lowest} {assessed[lowest]:g}: not testing would pay"
            return "3 relativity", claim, FAILS, found
        known = [(UNASSESSED, table[UNASSESSED]), *known] if known else known
    found = ", ".join(f"{name} {value:.4g}" for name, value in known)
    return "3 relativity", claim, HOLDS if known else NOT_CLAIMED, found or "the order of the tiers is not known"


def _check_moves(moves: Mapping[int, int]) -> Row:
    """Check that no rate passes or meets another by a move that ties the table to its budget."""
    claim = "a rate that moved to tie to the budget stays below the next that moved; others stop at it"
    after = [rate + moves[rate] for rate in sorted(moves)]
    wrong = [f"{rate} after {before}" for before, rate in pairwise(after) if rate <= before]
    return "13 tie", claim, FAILS if wrong else HOLDS, wrong[0] if wrong else f"{len(moves)} rates moved"


def _check_uplifts(frozen: FrozenRates, directions: Mapping[str, int]) -> Iterator[Row]:
    """Check that no uplift is for the better value of a feature: shares are at least 0, conditions are met above."""
    block = frozen.policy.modifiers
    for uplift in block.uplifts if block is not None else ():
        signs = {condition.column: directions.get(condition.column, 0) for condition in uplift.conditions}
        worst = min(signs.values())
        verdict = HOLDS if worst > 0 else FAILS if worst < 0 else NOT_CLAIMED
        found = ", ".join(f"{name} ({sign:+d})" for name, sign in signs.items())
        yield f"8 uplift {uplift.name}", "it is not for what makes a member better", verdict, found
