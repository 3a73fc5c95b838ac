"""A training run: open the source, build the members, train, judge drift, freeze the tiers, and gather the figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.cohort.eligibility import CONTEXT
from riskkit.data.privacy import hash_person_ids, read_id_key
from riskkit.risk.hazard_model import HorizonModel
from riskkit.tiers.assignment import assign_tiers
from riskkit.tiers.cuts import fit_cuts
from riskkit.workflow.bundle import Bundle
from riskkit.workflow.drift import find_feature_drift, judge_inputs
from riskkit.workflow.judge import judge_models
from riskkit.workflow.labels import require_codes
from riskkit.workflow.learnt import find_learnt
from riskkit.workflow.members import FeaturePlan, Members, build_members, plan_features
from riskkit.workflow.policy_price import price_policies
from riskkit.workflow.score import KEYS, assign_member_tiers, long_predictions, predict_outcomes
from riskkit.workflow.search import SearchAid
from riskkit.workflow.source import OpenSource, open_source
from riskkit.workflow.summary import (
    compare_with_truth,
    judge_drift,
    judge_gates,
    summarise_outcome,
    summarise_source,
)
from riskkit.workflow.tier_gradient import spend_of, summarise_tiers
from riskkit.workflow.train import train_outcomes
from riskkit.workflow.trained import TrainedOutcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskkit.data.quality import OnBadRows
    from riskkit.risk.model import OutcomeModel
    from riskkit.workflow.scheme import Scheme

    Progress = Callable[[str, int, int], None]
    Models = dict[str, OutcomeModel | HorizonModel]


@dataclass(frozen=True)
class Training:
    """What a training run leaves in memory.

    Parameters
    ----------
    bundle : Bundle
        Models and tiers; no rates yet.
    trained : dict of str to TrainedOutcome
        Test predictions and metrics by outcome.
    rating : Members
        The members to be scored and rated.
    summary : dict
        `outcomes`, `policy_price`, `drift`, `tiers`, `gates`, `data`, `flow`.
    year_before : pandas.DataFrame, optional
        Members of the last index date before the rating date: keys and `risk_tier` by the same models and cuts.
    deaths : pandas.DataFrame, optional
        `person_id`, `death_date` of those who died.
    """

    bundle: Bundle
    trained: dict[str, TrainedOutcome]
    rating: Members
    summary: dict[str, Any]
    year_before: pd.DataFrame | None = None
    deaths: pd.DataFrame | None = None


def train_scheme(
    scheme: Scheme,
    source_folder: Path,
    work: Path,
    *,
    on_bad_rows: OnBadRows = "refuse",
    search: SearchAid | None = None,
    progress: Progress | None = None,
) -> Training:
    """Train every outcome of a scheme on a source.

    Parameters
    ----------
    scheme : Scheme
        The scheme.
    source_folder : pathlib.Path
        Folder of the source.
    work : pathlib.Path
        Working folder for the canonical tables.
    on_bad_rows : {"refuse", "quarantine"}, default "refuse"
        What happens to a row that breaks its contract.
    search : SearchAid, optional
        Where the trials of the searches are kept, and what they start from.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    Training
        Bundle, test predictions, members to rate and the summary.

    Raises
    ------
    DataContractError
        If the source breaks a contract.
    LeakageError
        If a label, a future record or a person stands where it must not.
    """
    block = scheme.file.features
    plan = plan_features(scheme.codelist_directory, block.groups, block.names, block.exclude)
    for spec in scheme.outcomes:
        require_codes(spec, plan.code_lists)
    source = open_source(scheme.file.source.adapter, source_folder, work, on_bad_rows=on_bad_rows, progress=progress)
    cohort = scheme.file.cohort
    known = build_members(source.tables, cohort, plan, index_dates=cohort.index_dates, progress=progress)
    trained = train_outcomes(scheme, known, source.tables, plan, search=search, progress=progress)
    rating = _members_to_rate(scheme, source, plan, known, progress)
    models, drift = _judge_drift(scheme, source, plan, (known, rating), trained)
    bundle = _assemble(scheme, plan, models, rating, source)
    bundle = replace(bundle, taught_by=find_learnt(scheme, known.cohort, drift))
    outcomes = {name: summarise_outcome(outcome) for name, outcome in trained.items()}
    for name, truth in _truths(scheme, source_folder, trained).items():
        outcomes[name]["truth"] = truth
    gates = [
        gate
        for name, kept in trained.items()
        for gate in judge_gates(kept.model.spec, outcomes[name]["test"], kept.counts["events"])
    ]
    summary: dict[str, Any] = {
        "scheme": {**scheme.file.scheme.model_dump(), "split": scheme.file.split.model_dump()},
        "outcomes": outcomes,
        "policy_price": price_policies(trained, known, scheme.file.run),
        "drift": drift,
        "tiers": _observe_tiers(bundle, known, trained),
        "data": summarise_source(source),
        "flow": _flow(known, rating),
        "gates": [*gates, *judge_drift(drift)],
    }
    return Training(bundle, trained, rating, summary, _year_before(bundle, known, rating), _deaths(source))


def _members_to_rate(
    scheme: Scheme, source: OpenSource, plan: FeaturePlan, known: Members, progress: Progress | None
) -> Members:
    """Build the members of the rating date, or fall back on the discharges themselves."""
    spec = scheme.file.cohort
    if spec.rating_date is None:
        return known
    return build_members(source.tables, spec, plan, index_dates=[spec.rating_date], progress=progress)


def _judge_drift(
    scheme: Scheme,
    source: OpenSource,
    plan: FeaturePlan,
    members: tuple[Members, Members],
    trained: dict[str, TrainedOutcome],
) -> tuple[Models, dict[str, Any] | None]:
    models: Models = {name: outcome.model for name, outcome in trained.items()}
    block, (known, rating) = scheme.file.drift, members
    if block is None:
        return models, None
    inputs = {name: judge_inputs(model, known, rating, block) for name, model in models.items()}
    moved = find_feature_drift(known.features, rating.features)
    judged = judge_models(models, rating, source.tables, block=block, run=scheme.file.run, code_lists=plan.code_lists)
    found, not_judged = judged.reports, judged.not_judged
    report = {
        "index_date": block.index_date.isoformat(),
        "limits": block.to_dict(),
        "outcomes": {name: {**one, "inputs": inputs[name], "feature_psi": moved} for name, one in found.items()},
        "not_judged": list(not_judged),
        "open_horizons": {name: {"reason": why, "inputs": inputs[name]} for name, why in not_judged.items()},
    }
    return judged.models, report


def _assemble(scheme: Scheme, plan: FeaturePlan, models: Models, rating: Members, source: OpenSource) -> Bundle:
    """Put models and frozen tiers together; the members to be rated are the reference population of the cuts."""
    bundle = Bundle(
        scheme=scheme.name,
        currency=scheme.file.scheme.currency,
        adapter=scheme.file.source.adapter,
        cohort=scheme.file.cohort,
        catalogue=plan.chosen,
        code_lists=plan.code_lists,
        models=models,
        rated_outcome=scheme.file.rates.outcome if scheme.file.rates else None,
        tables=tuple(table.table for table in source.tables.quality.tables if table.rows_accepted),
    )
    policy = scheme.tier_policy
    if policy is None:
        return bundle
    predictions = predict_outcomes(bundle, rating.features)
    long = None if policy.cuts is None else long_predictions(predictions, policy.cuts.outcome)
    return replace(bundle, tiers=fit_cuts(policy, long, reference_population=population_name(scheme)))


def population_name(scheme: Scheme) -> str:
    """Name the members that are scored and rated.

    Parameters
    ----------
    scheme : Scheme
        The scheme.

    Returns
    -------
    str
        Scheme and rating date.
    """
    day = scheme.file.cohort.rating_date
    return f"{scheme.name}, members on {day}" if day else f"{scheme.name}, all discharges"


def _observe_tiers(bundle: Bundle, known: Members, trained: dict[str, TrainedOutcome]) -> dict[str, Any] | None:
    """Say what happened to the test members in each tier."""
    if bundle.tiers is None:
        return None
    policy = bundle.tiers.policy
    outcome = policy.cuts.outcome if policy.cuts else next(iter(trained))
    test = trained[outcome].predictions
    features = test[KEYS].merge(known.features, on=KEYS, how="left", validate="one_to_one")
    long = test[[*KEYS, "outcome", "predicted"]] if policy.cuts else None
    # Shares are cut on the test members themselves: after a recalibration the frozen cuts are on another scale.
    cut = fit_cuts(policy, long, reference_population="test members")
    tiers = assign_tiers(cut, long, features)
    cost, spent = spend_of(trained, bundle.rated_outcome)
    rows = test.merge(tiers, on=KEYS, validate="one_to_one").merge(spent, on=KEYS, how="left", validate="one_to_one")
    order = [tier.name for tier in policy.tiers]
    return summarise_tiers(rows, outcome, policy.name, order=order, cost=cost)


def _year_before(bundle: Bundle, known: Members, rating: Members) -> pd.DataFrame | None:
    """Give the members of the year before their tiers by the models and cuts of today."""
    if bundle.tiers is None or known is rating:
        return None
    earlier = known.cohort["index_date"][known.cohort["index_date"] < rating.cohort["index_date"].min()]
    if earlier.empty:
        return None
    frame = known.at(known.cohort["index_date"] == earlier.max()).features
    return assign_member_tiers(bundle, frame, predict_outcomes(bundle, frame))[[*KEYS, "risk_tier"]]


def _deaths(source: OpenSource) -> pd.DataFrame:
    """Say who of the source's persons died, and when."""
    deaths = source.tables.frame("person")[["person_id", "death_date"]]
    return deaths[deaths["death_date"].notna()].reset_index(drop=True)


def _truths(scheme: Scheme, folder: Path, trained: dict[str, TrainedOutcome]) -> dict[str, dict[str, Any]]:
    """Read the truth of a synthetic cohort, after every model is fitted and every prediction made."""
    file = folder / "truth.parquet"
    if not file.exists():
        return {}
    truth = pd.read_parquet(file)
    truth["person_id"] = hash_person_ids(truth["person_id"], read_id_key())
    truth["index_date"] = pd.to_datetime(truth["index_date"]).astype("datetime64[us]")
    found = {name: compare_with_truth(outcome, truth, scheme.file.run) for name, outcome in trained.items()}
    return {name: value for name, value in found.items() if value is not None}


def _flow(known: Members, rating: Members) -> list[dict[str, Any]]:
    flow = known.flow if rating is known else pd.concat([known.flow, rating.flow], ignore_index=True)
    days = [None if pd.isna(day) else day.date().isoformat() for day in flow["index_date"]]
    rows = flow.assign(index_date=pd.Series(days, dtype="object")).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def context_of(members: Members) -> pd.DataFrame:
    """Return members as a rate or score reads them: keys, context and features.

    Parameters
    ----------
    members : Members
        Cohort and features.

    Returns
    -------
    pandas.DataFrame
        Keys, `exposure_months`, the context columns that are no features, and the features.
    """
    context = [name for name in CONTEXT if name in members.cohort and name not in members.features]
    return members.cohort[[*KEYS, "exposure_months", *context]].merge(members.features, on=KEYS, validate="one_to_one")
