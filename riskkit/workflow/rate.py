"""Rate a population: fit the rates that meet the budget, allocate it to the cent, and certify it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from riskkit.errors import PolicyError
from riskkit.rates.allocation import allocate_budget
from riskkit.rates.capitation import compute_rates, fit_rates
from riskkit.rates.certificate import make_certificate, write_certificate
from riskkit.rates.team_budget import TeamBudgets, compute_team_budgets
from riskkit.workflow.rating_frame import rate_frame
from riskkit.workflow.score import KEYS, assign_member_tiers, predict_outcomes

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from riskkit.rates.policy import RatePolicy
    from riskkit.tiers.final import TierHistory
    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.members import Members


@dataclass(frozen=True)
class RatedPopulation:
    """A rate table with everything that proves it.

    Parameters
    ----------
    bundle : Bundle
        The bundle with the fitted rates.
    table : pandas.DataFrame
        One row per member: rate, relativity, tier, `allocated_minor`.
    ledger : pandas.DataFrame
        One row per member and step; a member's amounts sum to the rate.
    certificate : dict
        The budget-neutrality certificate.
    teams : TeamBudgets or None
        Budgets by team, where the policy has a block for them.
    """

    bundle: Bundle
    table: pd.DataFrame
    ledger: pd.DataFrame
    certificate: dict[str, object]
    teams: TeamBudgets | None = None


@dataclass(frozen=True)
class TeamHistory:
    """What is known of the teams from years before.

    Parameters
    ----------
    experience : pandas.DataFrame, optional
        `team_id`, `ratio` (actual over expected, net of the risk model), `weight`; one row per team and year.
    prior : pandas.DataFrame, optional
        `team_id`, `amount` (currency per member year of the year before).
    """

    experience: pd.DataFrame | None = None
    prior: pd.DataFrame | None = None


def rate_members(
    bundle: Bundle,
    policy: RatePolicy,
    members: Members,
    *,
    population: str,
    history: TeamHistory | None = None,
    tier_history: TierHistory | None = None,
) -> RatedPopulation:
    """Fit the rates of a policy on the members to be paid for.

    Parameters
    ----------
    bundle : Bundle
        Models and tiers; its rated outcome must be named.
    policy : RatePolicy
        The rate policy.
    members : Members
        The members to be paid for, with their exposure.
    population : str
        Name of that population, for the certificate.
    history : TeamHistory, optional
        Experience and last year's amounts of the teams; needed by blocks for teams.
    tier_history : TierHistory, optional
        Last year's tiers and clinicians' overrides: the tier that is rated is the final one.

    Returns
    -------
    RatedPopulation
        Table, ledger, certificate and the bundle with the rates.

    Raises
    ------
    PolicyError
        If the bundle names no rated outcome, the policy is of another currency, an uplift pays for what the model or a
        priced tier holds, or no rates meet the budget between floor and cap.
    """
    if bundle.rated_outcome is None:
        message = f"bundle {bundle.scheme}: no rated outcome. Name one in the scheme's [rates] and retrain."
        raise PolicyError(message)
    if policy.currency != bundle.currency:
        message = (
            f"rate policy {policy.name!r}: it pays in {policy.currency}, the bundle {bundle.scheme!r} counts in "
            f"{bundle.currency}. Give a policy in that currency."
        )
        raise PolicyError(message)
    context = [name for name in ("region", "exposure_months") if name in members.cohort]
    frame = members.features.merge(members.cohort[[*KEYS, *context]], on=KEYS, validate="one_to_one")
    predictions = predict_outcomes(bundle, frame)
    tiers = assign_member_tiers(bundle, frame, predictions, tier_history) if bundle.tiers else frame[KEYS]
    rated = rate_frame(bundle, frame, predictions, tiers, columns=policy.columns)
    held = find_held_features(bundle, policy)
    frozen = fit_rates(policy, rated, reference_population=population, model_features=held)
    rates, ledger = compute_rates(frozen, rated)
    table = allocate_budget(frozen, rates)
    certificate = make_certificate(frozen, table)
    if bundle.tiers:
        table = table.merge(tiers, on=KEYS, how="left", validate="one_to_one")
    if "team_id" in members.cohort:
        table = table.merge(members.cohort[[*KEYS, "team_id"]], on=KEYS, how="left", validate="one_to_one")
    known = history or TeamHistory()
    teams = None
    if policy.credibility or policy.corridor or policy.withhold:
        teams = compute_team_budgets(frozen, table, experience=known.experience, prior=known.prior)
    return RatedPopulation(bundle.with_rates(frozen), table, ledger, certificate, teams)


def find_held_features(bundle: Bundle, policy: RatePolicy) -> list[str]:
    """Find the features that the rate rests on before any uplift, so that none is paid for twice.

    Parameters
    ----------
    bundle : Bundle
        Models and tiers; its rated outcome must be named.
    policy : RatePolicy
        The rate policy.

    Returns
    -------
    list of str
        Those of the rated model; where the policy prices the tier also those of the tier's rule and of the model whose
        prediction is cut.

    References
    ----------
    .. [1] POLICY_RULES contradiction 4.
    """
    held = list(bundle.models[str(bundle.rated_outcome)].feature_names)
    if policy.relative_risk.uses_tier and bundle.tiers is not None:
        rule, cuts = bundle.tiers.policy.rule, bundle.tiers.policy.cuts
        if rule is not None:
            held += [rule.hba1c, *rule.complications, *rule.severe_complications]
        if cuts is not None:
            held += bundle.models[cuts.outcome].feature_names
    return list(dict.fromkeys(held))


def write_rated(rated: RatedPopulation, out: Path) -> None:
    """Write the rate table, its ledger and its certificate.

    Parameters
    ----------
    rated : RatedPopulation
        What was rated.
    out : pathlib.Path
        Folder that gets ``rates.parquet``, ``ledger.parquet`` and ``certificate.json``, and where the policy has a
        block for teams ``team_budgets.parquet`` and ``team_ledger.parquet``.
    """
    rated.table.to_parquet(out / "rates.parquet", index=False)
    rated.ledger.to_parquet(out / "ledger.parquet", index=False)
    if rated.teams is not None:
        rated.teams.budgets.to_parquet(out / "team_budgets.parquet", index=False)
        rated.teams.ledger.to_parquet(out / "team_ledger.parquet", index=False)
    write_certificate(rated.certificate, out / "certificate.json")


def summarise_rates(rated: RatedPopulation) -> dict[str, Any]:
    """Collect the figures of a rate table.

    Parameters
    ----------
    rated : RatedPopulation
        The rate table.

    Returns
    -------
    dict
        `budget_minor`, `allocated_minor`, `certificate`, mean, quantiles, and how many stand at floor and cap.
    """
    rate, years = rated.table["rate_amount"], rated.table["exposure_months"] / 12.0
    quantiles = rate.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).round(2).tolist()
    return {
        "budget_minor": rated.certificate["budget_minor"],
        "allocated_minor": rated.certificate["allocated_minor"],
        "certificate": rated.certificate,
        "members": len(rate),
        "mean_rate": float((rate * years).sum() / years.sum()),
        "quantiles": dict(zip(("p5", "p25", "p50", "p75", "p95"), quantiles, strict=True)),
        "at_floor": int(rated.table["at_floor"].sum()),
        "at_cap": int(rated.table["at_cap"].sum()),
    }
