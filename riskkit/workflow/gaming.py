"""The gaming audit: what a provider would gain per member by one more code, visit, or unit of last year's spend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.rates.capitation import compute_rates
from riskkit.workflow.rating_frame import rate_frame
from riskkit.workflow.score import KEYS, assign_member_tiers, predict_outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskkit.workflow.audit_policy import AuditPolicy
    from riskkit.workflow.bundle import Bundle

CODES: Final = ("dx_", "dcsi_", "any_complication", "distinct_diagnoses", "nephropathy", "retinopathy", "neuropathy")
CODES_FURTHER: Final = ("cardiovascular", "cerebrovascular", "foot_pvd", "hypoglycaemia", "metabolic")
NOT_CODES: Final = ("days_since", "_amount", "_visits", "screen", "exam")


def compute_gaming(bundle: Bundle, frame: pd.DataFrame, policy: AuditPolicy) -> pd.DataFrame:
    """Change one feature at a time and see what the rate makes of it, by the figures as they are frozen.

    A code is set for members who lack it, a visit is added to all, spend is raised by a fixed sum. Every feature of the
    model that drives the rate, or of the tiers where the policy prices them, is tried; a family that none of them holds
    gains nothing, which the table says with a row.

    Parameters
    ----------
    bundle : Bundle
        Models, tiers and the fitted rates.
    frame : pandas.DataFrame
        Keys, features, and `region` and `exposure_months` where known.
    policy : AuditPolicy
        Members to try it on, and the sum of added spend.

    Returns
    -------
    pandas.DataFrame
        `family` (code, visit, spend), `feature`, `members`, `gain` (currency per member year; per currency unit for
        spend), `largest` (of one member), sorted by family and gain, dearest first.
    """
    sample = frame.sort_values(KEYS).head(int(policy.gaming_members.value)).reset_index(drop=True)
    before = _rate(bundle, sample)
    rows = []
    for family, feature in _list_features(bundle):
        added = policy.added_spend.value if family == "spend" else 1.0
        changed, touched = _change(sample, feature, family, added)
        if not touched.any():
            continue
        gain = (_rate(bundle, changed) - before)[touched] / (added if family == "spend" else 1.0)
        rows.append((family, feature, int(touched.sum()), float(gain.mean()), float(gain.max())))
    held = {row[0] for row in rows}
    rows += [
        (family, "none in the model", len(sample), 0.0, 0.0)
        for family in ("code", "visit", "spend")
        if family not in held
    ]
    found = pd.DataFrame(rows, columns=["family", "feature", "members", "gain", "largest"])
    return found.sort_values(["family", "gain", "feature"], ascending=[True, False, True], ignore_index=True)


def _list_features(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Name the features that the rate can move with, by family."""
    names = dict.fromkeys(bundle.models[str(bundle.rated_outcome)].feature_names)
    if bundle.rates is not None and bundle.rates.policy.relative_risk.uses_tier and bundle.tiers is not None:
        block, rule = bundle.tiers.policy.cuts, bundle.tiers.policy.rule
        names |= dict.fromkeys(bundle.models[block.outcome].feature_names if block else ())
        names |= dict.fromkeys((*rule.complications, *rule.severe_complications) if rule else ())
    for name in names:
        if "_amount" in name and not name.endswith(("_trend", "_change", "_share_365d")):
            yield "spend", name
        elif ("_visits" in name or "admissions" in name) and not name.startswith("days_since"):
            yield "visit", name
        elif name.startswith((*CODES, *CODES_FURTHER)) and not any(part in name for part in NOT_CODES):
            yield "code", name


def _change(frame: pd.DataFrame, feature: str, family: str, added: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the frame with one feature raised, and whom that touches."""
    values = frame[feature].to_numpy(dtype=np.float64, na_value=np.nan)
    lacking = ~(values > 0) if family == "code" else np.isfinite(values)
    raised = np.where(lacking, np.nan_to_num(values) + added, values)
    return frame.assign(**{feature: raised}), lacking


def _rate(bundle: Bundle, frame: pd.DataFrame) -> np.ndarray:
    """Rate members by the frozen figures of the bundle, in the order of the frame."""
    if bundle.rates is None:
        return np.zeros(len(frame))
    predictions = predict_outcomes(bundle, frame)
    tiers = assign_member_tiers(bundle, frame, predictions) if bundle.tiers else frame[KEYS]
    rated = rate_frame(bundle, frame, predictions, tiers, columns=bundle.rates.policy.columns)
    rates, _ = compute_rates(bundle.rates, rated)
    return rates["rate_amount"].to_numpy(dtype=np.float64)
