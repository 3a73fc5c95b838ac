"""Sicker is never cheaper: the proof for one bundle and policy, from the splits of the trees to the rounded rate."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.rates.order import COLUMNS, FAILS, HOLDS, NOT_CLAIMED, check_rate_order
from riskkit.risk.order import check_model_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskkit.tiers.cuts import FrozenTiers
    from riskkit.workflow.bundle import Bundle


def prove_order(bundle: Bundle) -> pd.DataFrame:
    """Check exactly, link by link, that no sicker member has the lower rate within a product and region.

    Parameters
    ----------
    bundle : Bundle
        A bundle with fitted rates.

    Returns
    -------
    pandas.DataFrame of shape (n_steps, 5)
        `part` (``model``, ``tier``, ``rate``), `step`, `claim`, `verdict` (``holds``, ``fails``, ``not claimed``) and
        `found`. What the rate does not depend on has no row.
    """
    if bundle.rates is None:
        return pd.DataFrame(columns=["part", *COLUMNS])
    signs = {feature.name: feature.direction for feature in bundle.catalogue.features}
    method = bundle.rates.policy.relative_risk.method
    parts = []
    if method == "individual":
        parts.append(check_model_order(bundle.models[str(bundle.rated_outcome)], signs).assign(part="model"))
    tiers: list[str] = []
    if bundle.rates.policy.relative_risk.uses_tier and bundle.tiers is not None:
        tiers = [tier.name for tier in bundle.tiers.policy.tiers]
        cuts = bundle.tiers.policy.cuts
        if cuts is not None:
            parts.append(check_model_order(bundle.models[cuts.outcome], signs).assign(part="tier"))
        rows = pd.DataFrame(list(_check_tiers(bundle.tiers, signs)), columns=COLUMNS)
        parts.append(rows.assign(part="tier"))
    parts.append(check_rate_order(bundle.rates, signs, tiers).assign(part="rate"))
    return pd.concat(parts, ignore_index=True)[["part", *COLUMNS]]


def _check_tiers(frozen: FrozenTiers, signs: Mapping[str, int]) -> Iterator[tuple[str, str, str, str]]:
    """Check that a tier does not fall where the risk, or a feature of the rule, rises."""
    policy = frozen.policy
    if policy.cuts is not None:
        rising = all(one <= other for one, other in pairwise(frozen.cuts))
        found = ", ".join(f"{cut:.4g}" for cut in frozen.cuts)
        yield "cuts", "the cuts rise from tier to tier", HOLDS if rising else FAILS, found
    if policy.rule is not None:
        flags = (*policy.rule.complications, *policy.rule.severe_complications)
        wrong = [name for name in flags if signs.get(name, 0) < 0]
        found = wrong[0] if wrong else f"{len(flags)} complications, HbA1c"
        yield "rule", "no complication and no higher HbA1c lowers the tier", FAILS if wrong else HOLDS, found
    if policy.hysteresis is not None:
        yield "stay", "two members with the same history stay in order", NOT_CLAIMED, "tiers of last year are held"
