"""Score members: risks, tier, rate and reasons from one bundle, the same for a file and for a request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.explain.reasons import compute_reasons, reasons_to_json
from riskkit.rates.capitation import compute_rates
from riskkit.risk.hazard_model import predict_columns
from riskkit.tiers.final import TierHistory, assign_final_tiers
from riskkit.workflow.member_contributions import explain_members, quantity_of
from riskkit.workflow.rate_lines import explain_rate
from riskkit.workflow.rating_frame import rate_frame
from riskkit.workflow.request_history import read_request_history
from riskkit.workflow.rows import read_rows
from riskkit.workflow.tier_reasons import explain_tiers

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskkit.workflow.bundle import Bundle
    from riskkit.workflow.explanation_files import ExplanationFiles

KEYS = ["person_id", "index_date"]
BATCH_ROWS = 50_000
DATES = ("index_date", "tier_since", "override_expiry")
TEXTS = ("override_code", "override_author")


def score_members(
    bundle: Bundle,
    members: pd.DataFrame,
    *,
    history: TierHistory | None = None,
    explanations: ExplanationFiles | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> pd.DataFrame:
    """Answer for each member: calibrated risks, expected cost, tier, package, rate and reasons.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    members : pandas.DataFrame
        `person_id`, `index_date` (may be absent), one column per feature of the bundle, and `region` where the rates
        have a region block.
    history : TierHistory, optional
        Last year's tiers and clinicians' overrides, of these members and of others; needs every `index_date`.
    explanations : ExplanationFiles, optional
        Gets contributions and reasons of its outcomes; without it only what the answer says is explained.
    progress : callable, optional
        Called with (what, members done, members in all).

    Returns
    -------
    pandas.DataFrame
        `person_id`, `index_date`, one column per outcome (probability, or currency per member year), and where the
        bundle holds them `risk_tier`, `tier_reason`, `package`, `tier_reasons` (JSON: what holds the member on this
        side of the cut), `relative_risk_score`, `rate_amount` (currency per member year), `rate_lines` (JSON: what the
        rate is made of, line by line); `reasons` (JSON). With a history the tier is the final one, and what
        `assign_final_tiers` adds stands beside it. Rows in the given order; each depends on its own values, and on the
        history of its own person, alone.

    Raises
    ------
    DataContractError
        If there is no row, a column is missing or holds no numbers, or a member stands twice; with a history, if there
        are no tiers, or an index date is missing.
    AcceptanceError
        If the reasons or the lines of a rate do not sum to what they explain.
    """
    frame = read_rows(bundle, members)
    _require_dates(bundle, members, history)
    parts = []
    for start in range(0, len(frame), BATCH_ROWS):
        if progress:
            progress("score", start, len(frame))
        batch = frame.iloc[start : start + BATCH_ROWS].reset_index(drop=True)
        parts.append(_score_batch(bundle, batch, history, _explain_batch(bundle, batch, explanations)))
    if progress:
        progress("score", len(frame), len(frame))
    return pd.concat(parts, ignore_index=True)


def answer_request(bundle: Bundle, members: pd.DataFrame) -> pd.DataFrame:
    """Answer a request: the scores in plain types, without a date that was not sent.

    A row may carry last year's tier and an override of its member (`riskkit.workflow.request_history`): its tier, and a
    rate by tier, are then the final ones, as those of a batch with the same history.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    members : pandas.DataFrame
        As for `score_members`; `index_date` may be text or absent.

    Returns
    -------
    pandas.DataFrame
        The same figures as `score_members`; `index_date`, where sent, and other dates as YYYY-MM-DD; None where
        somebody has no such date or text.

    Raises
    ------
    RiskkitError
        As `score_members` and `read_request_history` do.
    """
    scores = score_members(bundle, members, history=read_request_history(bundle, members))
    if "index_date" not in members or members["index_date"].isna().all():
        scores = scores.drop(columns="index_date")
    plain = {name: scores[name].dt.strftime("%Y-%m-%d") for name in DATES if name in scores}
    plain |= {name: scores[name] for name in TEXTS if name in scores}
    return scores.assign(**{name: text.astype("object").where(text.notna(), None) for name, text in plain.items()})


def predict_outcomes(bundle: Bundle, frame: pd.DataFrame) -> pd.DataFrame:
    """Predict every outcome, one column each.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    frame : pandas.DataFrame
        Keys and features.

    Returns
    -------
    pandas.DataFrame
        Keys and one column per outcome.
    """
    return frame[KEYS].assign(**predict_columns(bundle.models, frame))


def assign_member_tiers(
    bundle: Bundle, frame: pd.DataFrame, predictions: pd.DataFrame, history: TierHistory | None = None
) -> pd.DataFrame:
    """Assign tiers by the bundle's frozen policy: the one way to a tier for scores, rates and worklists.

    Parameters
    ----------
    bundle : Bundle
        A bundle with tiers.
    frame : pandas.DataFrame
        Keys and features.
    predictions : pandas.DataFrame
        From `predict_outcomes`.
    history : TierHistory, optional
        Last year's tiers and clinicians' overrides.

    Returns
    -------
    pandas.DataFrame
        `person_id`, `index_date`, `risk_tier`, `tier_reason`, `package`, and what a second axis and a history add;
        sorted by key.
    """
    if bundle.tiers is None:
        message = f"bundle {bundle.scheme}: no tier policy. Name one in the scheme's [tiers] and retrain."
        raise DataContractError(message)
    cuts = bundle.tiers.policy.cuts
    long = None if cuts is None else long_predictions(predictions, cuts.outcome)
    return assign_final_tiers(bundle.tiers, long, frame, history=history)


def long_predictions(predictions: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Turn one outcome's column into the long form that the tiers read.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Keys and one column per outcome.
    outcome : str
        The outcome.

    Returns
    -------
    pandas.DataFrame
        `person_id`, `index_date`, `outcome`, `predicted`.
    """
    return predictions[KEYS].assign(outcome=outcome, predicted=predictions[outcome])


def _require_dates(bundle: Bundle, members: pd.DataFrame, history: TierHistory | None) -> None:
    """Refuse a history without tiers, or without the day on which a stay is long enough or an override still holds."""
    if history is None or history.is_empty:
        return
    if bundle.tiers is None:
        message = f"bundle {bundle.scheme}: it holds no tier policy, so no history of tiers applies. Leave it out."
        raise DataContractError(message)
    if "index_date" not in members or members["index_date"].isna().any():
        message = "members: an index_date is missing, expected one in each row for last tiers and overrides. Give it."
        raise DataContractError(message)


def _explain_batch(
    bundle: Bundle, frame: pd.DataFrame, explanations: ExplanationFiles | None
) -> dict[str, pd.DataFrame]:
    """Explain every outcome that is asked for, and keep the contributions that the answer itself speaks of."""
    kept = {bundle.explained_outcome}
    if bundle.tiers is not None and bundle.tiers.policy.cuts is not None:
        kept.add(bundle.tiers.policy.cuts.outcome)
    written = set() if explanations is None else set(explanations.outcomes)
    found = {}
    for outcome, contributions in explain_members(bundle, frame, kept | written):
        if outcome in kept:
            found[outcome] = contributions
        if explanations is not None:
            explanations.add(outcome, contributions, frame)
    return found


def _score_batch(
    bundle: Bundle, frame: pd.DataFrame, history: TierHistory | None, explained: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    predictions = predict_outcomes(bundle, frame)
    scores = predictions
    tiers = frame[KEYS]
    model, catalogue = bundle.models[bundle.explained_outcome], bundle.catalogue.to_frame()
    contributions = explained[bundle.explained_outcome]
    if bundle.tiers is not None:
        tiers = assign_member_tiers(bundle, frame, predictions, history)
        scores = scores.merge(tiers, on=KEYS, how="left", validate="one_to_one")
    if bundle.tiers is not None and bundle.tiers.policy.cuts is not None:
        cut = bundle.tiers.policy.cuts.outcome
        quantity = quantity_of(bundle, bundle.models[cut])
        said = explain_tiers(bundle.tiers, scores, explained[cut], frame, catalogue, quantity=quantity)
        scores = scores.assign(tier_reasons=pd.array(said, dtype="str"))
    if bundle.rates is not None:
        rates, ledger = compute_rates(
            bundle.rates, rate_frame(bundle, frame, predictions, tiers, columns=bundle.rates.policy.columns)
        )
        lines = explain_rate(bundle.rates, contributions, rates, ledger, catalogue)
        rated = rates[[*KEYS, "relative_risk_score", "rate_amount"]]
        scores = scores.merge(rated, on=KEYS, how="left", validate="one_to_one")
        scores = scores.assign(rate_lines=pd.array([_to_json(row) for row in lines.to_records()], dtype="str"))
    reasons = reasons_to_json(compute_reasons(contributions, frame, catalogue, quantity_of(bundle, model)))
    return scores.assign(reasons=np.array(reasons, dtype=object)).astype({"reasons": "str"})


_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
