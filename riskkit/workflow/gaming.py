"""The gaming audit: what a provider would gain per member by one more code, visit, or unit of last year's spend."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.evaluation.groups import SMALLEST_REPORTED_GROUP
from riskkit.rates.capitation import compute_rates
from riskkit.tiers.final import TierHistory
from riskkit.workflow.added_records import build_additions
from riskkit.workflow.gaming_records import list_additions
from riskkit.workflow.rating_frame import rate_frame
from riskkit.workflow.score import KEYS, assign_member_tiers, predict_outcomes

if TYPE_CHECKING:
    from riskkit.workflow.added_records import Addition, RecordSample
    from riskkit.workflow.audit_policy import AuditPolicy
    from riskkit.workflow.bundle import Bundle

FAMILIES: Final = ("code", "code_twice", "code_stay", "visit", "stay", "spend")
COLUMNS: Final = ["family", "record", "members", "features", "gain", "largest"]


def compute_gaming(
    bundle: Bundle, sample: RecordSample, policy: AuditPolicy, history: TierHistory | None = None
) -> pd.DataFrame:
    """Add one record at a time, build every feature that it moves, and see what the rate makes of it.

    The features come from the records with the record added, by the same code as those of the rates, so that a code
    moves whatever it moves: its groups, counts, points, what is derived of them, and the tier where the policy prices
    it: the model's own is assigned anew, and then held and raised by the history of that member. The rates are those of
    the figures as they are frozen.

    Parameters
    ----------
    bundle : Bundle
        Models, tiers and the fitted rates.
    sample : RecordSample
        Members on whom it is tried, with their records.
    policy : AuditPolicy
        The sum of added spend.
    history : TierHistory, optional
        Last year's tiers and overrides of the members.

    Returns
    -------
    pandas.DataFrame
        `family` (``code`` on one visit, ``code_twice`` on visits of two dates, ``code_stay`` on a stay, ``visit``,
        ``stay``, ``spend``), `record`, `members` who could get it, `features` of the rate that moved for one of them,
        mean `gain` (currency per member year; of spend per currency unit) and `largest` of one member; by family, the
        dearest first. A family that nobody in the sample could get has no row; of fewer than 11 members the gain is
        missing.
    """
    names, cohort = _list_features(bundle), sample.members.cohort
    context = cohort[["person_id", *(name for name in ("region", "exposure_months") if name in cohort)]]
    context = context.rename(columns={"person_id": "member"})
    start = sample.members.features
    start = start.assign(member=start["person_id"]).sort_values("person_id", ignore_index=True)
    known = history or TierHistory()
    rates = pd.Series(_rate(bundle, start.merge(context, on="member"), known), index=start["member"])
    before = start.set_index("member")[names]
    rows = []
    additions = list_additions(sample, names, spend=policy.added_spend.value)
    for built, after in build_additions(sample, additions, names):
        gain = _rate(bundle, after.merge(context, on="member"), known) - rates[after["member"]].to_numpy()
        moved = _find_moved(before.loc[after["member"]], after[names])
        place = after["place"].to_numpy()
        rows += [
            _describe(addition, gain[place == number], moved[place == number], policy)
            for number, addition in enumerate(built)
        ]
    found = pd.DataFrame(rows, columns=COLUMNS)
    order = found["family"].map({family: place for place, family in enumerate(FAMILIES)})
    found = found.assign(order=order).sort_values(["order", "gain", "record"], ascending=[True, False, True])
    return found[COLUMNS].reset_index(drop=True)


def _list_features(bundle: Bundle) -> list[str]:
    """Name the features that the rate can move with: of its model, of the tier it prices, of its own blocks."""
    names = dict.fromkeys(bundle.models[str(bundle.rated_outcome)].feature_names)
    if bundle.rates is not None and bundle.rates.policy.relative_risk.uses_tier and bundle.tiers is not None:
        block, rule = bundle.tiers.policy.cuts, bundle.tiers.policy.rule
        names |= dict.fromkeys(bundle.models[block.outcome].feature_names if block else ())
        names |= dict.fromkeys((*rule.complications, *rule.severe_complications, rule.hba1c) if rule else ())
    known = {feature.name for feature in bundle.catalogue.features}
    own = bundle.rates.policy.columns if bundle.rates is not None else []
    return list(names | dict.fromkeys(name for name in own if name in known))


def _find_moved(before: pd.DataFrame, after: pd.DataFrame) -> np.ndarray:
    """Mark the features that differ, by row."""
    one, other = before.to_numpy(np.float64), after.to_numpy(np.float64)
    return np.asarray(~np.isclose(one, other, rtol=1e-9, atol=1e-9, equal_nan=True))


def _describe(
    addition: Addition, gain: np.ndarray, moved: np.ndarray, policy: AuditPolicy
) -> tuple[str, str, int, int, float, float]:
    """Say what one addition gains; of few members nothing."""
    per_unit = gain / (policy.added_spend.value if addition.family == "spend" else 1.0)
    few = len(gain) < SMALLEST_REPORTED_GROUP
    shown = (np.nan, np.nan) if few else (float(per_unit.mean()), float(per_unit.max()))
    return addition.family, addition.record, len(gain), int(moved.any(axis=0).sum()), *shown


def _label_history(history: TierHistory, frame: pd.DataFrame) -> TierHistory:
    """Give each row the history of its member, under the label of the row."""
    labels = frame[["person_id", "member"]].rename(columns={"person_id": "label"})

    def label(known: pd.DataFrame | None) -> pd.DataFrame | None:
        if known is None:
            return None
        rows = labels.merge(known, left_on="member", right_on="person_id")
        return rows.drop(columns=["member", "person_id"]).rename(columns={"label": "person_id"})

    return TierHistory(label(history.last), label(history.overrides))


def _rate(bundle: Bundle, frame: pd.DataFrame, history: TierHistory) -> np.ndarray:
    """Rate members by the frozen figures of the bundle, in the order of the frame."""
    if bundle.rates is None:
        return np.zeros(len(frame))
    block = bundle.tiers.policy.cuts if bundle.tiers else None
    needed = {str(bundle.rated_outcome), *((block.outcome,) if block else ())}
    asked = replace(bundle, models={name: model for name, model in bundle.models.items() if name in needed})
    predictions = predict_outcomes(asked, frame)
    own = _label_history(history, frame)
    tiers = assign_member_tiers(bundle, frame, predictions, own) if bundle.tiers else frame[KEYS]
    rated = rate_frame(bundle, frame, predictions, tiers, columns=bundle.rates.policy.columns)
    rates, _ = compute_rates(bundle.rates, rated)
    return rates["rate_amount"].to_numpy(dtype=np.float64)
