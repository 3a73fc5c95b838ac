"""The tiers of an audit: the final ones of both years, as they were or will be paid, and what they rest on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from riskkit.errors import DataContractError
from riskkit.tiers.final import TierHistory
from riskkit.workflow.tier_files import match_history, summarise_tier_files

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from riskkit.tiers.policy import TierPolicy
    from riskkit.workflow.audit_population import AuditPopulation
    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.tier_files import TierFiles

FINAL: Final = "final"
OWN: Final = "model's own"


def hold_population(
    population: AuditPopulation, history: TierHistory, *, last: tuple[Bundle, date] | None = None
) -> AuditPopulation:
    """Give the members of an audit the history that their final tiers rest on.

    This year's tiers are held by last year's and raised by overrides, under this year's bundle and, where a year is set
    against it, under last year's, as far as that one has such blocks. Last year's tiers are the stated ones: they
    are what was paid.

    Parameters
    ----------
    population : AuditPopulation
        The members.
    history : TierHistory
        From `read_bundle_history`.
    last : tuple of Bundle and datetime.date, optional
        Last year's bundle and index date.

    Returns
    -------
    AuditPopulation
        The population with its histories.

    Raises
    ------
    DataContractError
        If a file is of other persons, last tiers are of no earlier day, or of another day than last year's date.
    """
    if history.is_empty:
        return population
    known = match_history(history, population.members.cohort)
    held = replace(population, history=known)
    if population.last is None or last is None:
        return held
    bundle, day = last
    stated = TierHistory()
    if known.last is not None:
        _require_day(known.last, day)
        stated = TierHistory(stated=known.last)
    by_old = restrict_history(bundle.tiers.policy if bundle.tiers else None, known)
    return replace(held, last=replace(population.last, stated=stated, history=by_old))


def restrict_history(policy: TierPolicy | None, history: TierHistory) -> TierHistory:
    """Keep what another year's policy can apply: last tiers where it holds any, overrides whose code and tier it knows.

    Parameters
    ----------
    policy : TierPolicy or None
        The other policy.
    history : TierHistory
        What this year's policy applies.

    Returns
    -------
    TierHistory
        The part of it that the other one would have applied.
    """
    if policy is None:
        return TierHistory()
    last = history.last if policy.hysteresis is not None else None
    overrides = history.overrides
    if overrides is not None:
        names = [tier.name for tier in policy.tiers]
        codes = list(policy.overrides.codes) if policy.overrides else []
        known = overrides["code"].isin(codes) & overrides["risk_tier"].isin(names)
        overrides = overrides[known].reset_index(drop=True) if policy.overrides else None
    return TierHistory(last, overrides)


def summarise_audit_tiers(
    files: TierFiles | None, population: AuditPopulation, table: pd.DataFrame
) -> dict[str, Any] | None:
    """Say which tiers were audited, and from which files.

    Parameters
    ----------
    files : TierFiles or None
        The files that were given.
    population : AuditPopulation
        The members with their histories.
    table : pandas.DataFrame
        The audited rates.

    Returns
    -------
    dict or None
        `used` (``"final"``, or ``"model's own"`` where no history was given), `last_scores`, `overrides` and `changes`
        as `summarise_tier_files`, and `last_year`, the same of last year's rates (None without them); None where the
        rates know no tier.
    """
    if "risk_tier" not in table:
        return None
    known, last = population.history, population.last
    found = summarise_tier_files(files, table, overrides=known.overrides)
    return {
        "used": OWN if known.is_empty else FINAL,
        **(found or {"last_scores": None, "overrides": None, "changes": None}),
        "last_year": None if last is None else OWN if last.stated.is_empty else FINAL,
    }


def _require_day(last: pd.DataFrame, day: date) -> None:
    """Refuse tiers of another day than that of last year's rates: there are not two last years."""
    days = sorted(set(last["index_date"].dt.date))
    if days != [day]:
        message = (
            f"last tiers: of {', '.join(map(str, days[:3]))}, expected {day}, the date of last year's rates. Give "
            "--last-scores of that day, or correct --last-date."
        )
        raise DataContractError(message)
