"""Migration for the summary: where last year's members stand now, how stable the tiers are, what happened to them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from riskkit.evaluation.drift import name_shift
from riskkit.tiers.final import TierHistory
from riskkit.tiers.migration import Migration, compute_migration
from riskkit.workflow.tier_changes import count_changes
from riskkit.workflow.tier_gradient import KEYS, spend_of, summarise_tiers

if TYPE_CHECKING:
    import pandas as pd

    from riskkit.tiers.policy import TierPolicy
    from riskkit.workflow.training import Training


def summarise_migration(training: Training, scores: pd.DataFrame, history: TierHistory) -> dict[str, Any] | None:
    """Set the final tiers of today beside those of the year before.

    Parameters
    ----------
    training : Training
        The training run, with the tiers of its last index year and the deaths of its source.
    scores : pandas.DataFrame
        The scores of today.
    history : TierHistory
        Last year's final tiers, where they were given; else both years are by today's models and cuts.

    Returns
    -------
    dict or None
        `basis` (``"last_scores"`` or ``"index_years"``), `last_index_date`, `index_date`, `rows` (members by last tier,
        and of those who entered), `stability`, `weighted_kappa`, `psi` with `psi_verdict`, `coded_rises`, `changes` (as
        `count_changes`), and `observed` (as `summarise_tiers`: what happened since to last year's tiers, where their
        year is known). None without tiers of two years, or where a member has several index dates.
    """
    tiers, given = training.bundle.tiers, history.last is not None
    before = history.last if given else training.year_before
    if tiers is None or before is None or scores["person_id"].duplicated().any():
        return None
    policy, today = tiers.policy, scores["index_date"].max()
    known = before[before["risk_tier"].notna()]
    names = [tier.name for tier in policy.tiers]
    found = compute_migration(known, scores, names, died=_died_before(training.deaths, today))
    return {
        "basis": "last_scores" if given else "index_years",
        "last_index_date": known["index_date"].max().date().isoformat(),
        "index_date": today.date().isoformat(),
        "rows": _list_rows(found),
        "stability": _plain(found.stability),
        "weighted_kappa": _plain(found.weighted_kappa),
        "psi": _plain(found.psi),
        "psi_verdict": name_shift(found.psi),
        "coded_rises": _plain(found.coded_rises),
        "changes": count_changes(scores, history.overrides),
        "observed": _observe(training, policy, known) if given else None,
    }


def _died_before(deaths: pd.DataFrame | None, day: pd.Timestamp) -> list[str]:
    return [] if deaths is None else deaths.loc[deaths["death_date"] < day, "person_id"].tolist()


def _list_rows(found: Migration) -> list[dict[str, Any]]:
    """List the matrix: tiers from the lowest up, and last those who entered."""
    return [
        {
            "last_tier": str(name),
            "members": int(row.sum()),
            "now": {str(tier): int(count) for tier, count in row.items()},
        }
        for name, row in found.matrix.iterrows()
    ]


def _observe(training: Training, policy: TierPolicy, last: pd.DataFrame) -> dict[str, Any] | None:
    """Say what happened in the year that began with last year's tiers, to members of the test."""
    outcome = policy.cuts.outcome if policy.cuts else next(iter(training.trained))
    packages = {tier.name: tier.package for tier in policy.tiers}
    placed = last[[*KEYS, "risk_tier"]].assign(package=last["risk_tier"].map(packages).fillna(""))
    rows = training.trained[outcome].predictions.merge(placed, on=KEYS, validate="one_to_one")
    if rows.empty:
        return None
    cost, spent = spend_of(training.trained, training.bundle.rated_outcome)
    joined = rows.merge(spent, on=KEYS, how="left", validate="one_to_one")
    return summarise_tiers(joined, outcome, policy.name, order=list(packages), cost=cost)


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
