"""Tier assignment: cuts frozen once on a reference population, then applied to each member alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.tiers.capacity import place_by_capacity
from riskkit.tiers.cuts import KEY, predicted_risk, require_columns
from riskkit.tiers.difficulty import add_management_class
from riskkit.tiers.policy import UNASSESSED
from riskkit.tiers.rule import MEDIUM, UNKNOWN, compute_rule_tiers

if TYPE_CHECKING:
    from riskkit.tiers.cuts import FrozenTiers
    from riskkit.tiers.policy import TierPolicy

TIER_REASONS: Final[dict[str, tuple[str, str]]] = {
    "predicted_risk": ("the predicted risk", "模型预测风险"),
    "hba1c_above_limit": ("HbA1c above the upper limit", "糖化血红蛋白高于上限"),
    "severe_complication": ("a kidney or eye complication", "合并肾病或视网膜病变"),
    "other_complication": ("another complication", "有其他并发症"),
    "hba1c_between_limits": ("HbA1c between the limits", "糖化血红蛋白介于上下限之间"),
    "hba1c_below_limit": ("HbA1c below the lower limit, no complication", "糖化血红蛋白低于下限且无并发症"),
    "hba1c_missing": ("no HbA1c in the window: never low", "观察期内无糖化血红蛋白：不得列为低风险"),
    "complications_unknown": ("complications not known: never low", "并发症情况不明：不得列为低风险"),
    "clinical_override": ("a clinician's decision", "临床人工上调"),
    "minimum_stay": ("the minimum stay in the tier", "未满最短停留期"),
    "within_margin": ("not far enough below the cut", "低于界值不足，维持原级"),
    "one_step_down": ("one step down a year", "每年最多下调一级"),
    "evidence_missing": ("the last tier, as the evidence is missing", "缺少评估依据，维持原级"),
}


def assign_tiers(
    frozen: FrozenTiers, predictions: pd.DataFrame | None = None, features: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Assign each member a tier, the reason for it, and the package; each row depends on that member alone.

    Parameters
    ----------
    frozen : FrozenTiers
        Policy and cuts.
    predictions : pandas.DataFrame, optional
        Columns `person_id`, `index_date`, `outcome`, `predicted`; needed by `[cuts]`.
    features : pandas.DataFrame, optional
        `person_id`, `index_date` and the features of the rule; needed by `[rule]`, for the same members.

    Returns
    -------
    pandas.DataFrame of shape (n_members, 5 or 6)
        `person_id`, `index_date`, `risk_tier`, `tier_reason` (a key of `TIER_REASONS`), `package`, and
        `management_class` where the policy has a second axis; sorted by key.

    Raises
    ------
    DataContractError
        If a frame that the policy needs is absent, lacks a member or a column, or holds a member twice.
    """
    policy, placed = frozen.policy, _place(frozen, predictions, features)
    labels = [(tier.name, tier.package) for tier in policy.tiers]
    # the last place is reached by UNKNOWN = -1
    labels.append((UNASSESSED, policy.unassessed.package if policy.unassessed else ""))
    for column, place in (("risk_tier", 0), ("package", 1)):
        names = np.array([label[place] for label in labels], dtype=object)
        placed[column] = pd.array(names[placed["tier"].to_numpy()], dtype="str")
    assigned = placed[[*KEY, "risk_tier", "tier_reason", "package"]]
    if policy.difficulty is None:
        return assigned
    return add_management_class(policy.difficulty, assigned, features)


def _place(frozen: FrozenTiers, predictions: pd.DataFrame | None, features: pd.DataFrame | None) -> pd.DataFrame:
    """Place each member by the blocks that the policy has."""
    if frozen.policy.rule is None:
        return _model_tiers(frozen, predictions)
    by_rule = _rule_tiers(frozen.policy, features)
    return by_rule if frozen.policy.cuts is None else _combine(_model_tiers(frozen, predictions), by_rule)


def _combine(model: pd.DataFrame, rule: pd.DataFrame) -> pd.DataFrame:
    """Take the higher tier; without evidence for the rule, the model's tier but at least medium."""
    if len(model) != len(rule) or not (model[KEY] == rule[KEY]).to_numpy().all():
        message = (
            f"features: {len(rule)} members, but predictions hold {len(model)}, or others. "
            "Give both frames for the same members and index dates."
        )
        raise DataContractError(message)
    by_model, by_rule = model["tier"].to_numpy(), rule["tier"].to_numpy()
    at_least = np.where(by_rule == UNKNOWN, np.int8(MEDIUM), by_rule)
    reason = rule["tier_reason"].mask(by_model > at_least, "predicted_risk")
    return model.assign(tier=np.maximum(by_model, at_least), tier_reason=reason)


def _model_tiers(frozen: FrozenTiers, predictions: pd.DataFrame | None) -> pd.DataFrame:
    """Place each member by the frozen cuts."""
    cuts = frozen.policy.cuts
    if cuts is None or predictions is None:
        message = f"tiers {frozen.policy.name!r}: [cuts] needs predictions, got none. Pass the predictions frame."
        raise DataContractError(message)
    risk = predicted_risk(cuts, predictions)
    placed = predictions.loc[predictions["outcome"].to_numpy() == cuts.outcome, KEY].reset_index(drop=True)
    if cuts.method == "capacity":
        tier = place_by_capacity(risk, placed, frozen.cuts, frozen.ties)
    else:
        tier = np.searchsorted(np.array(frozen.cuts), risk, side="right").astype(np.int8)
    reason = pd.array(np.full(len(placed), "predicted_risk", dtype=object), dtype="str")
    return _sorted(placed.assign(tier=tier, tier_reason=reason), "predictions")


def _rule_tiers(policy: TierPolicy, features: pd.DataFrame | None) -> pd.DataFrame:
    """Place each member by the documents' rule."""
    if policy.rule is None or features is None:
        message = f"tiers {policy.name!r}: [rule] needs features, got none. Pass the features frame."
        raise DataContractError(message)
    require_columns(features, KEY, "features")
    tier, reason = compute_rule_tiers(policy.rule, features)
    placed = features[KEY].reset_index(drop=True).assign(tier=tier, tier_reason=pd.array(reason, dtype="str"))
    return _sorted(placed, "features")


def _sorted(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Sort by key and refuse a member who comes twice."""
    twice = frame.duplicated(KEY)
    if twice.any():
        message = f"{name}: {twice.sum()} of {len(frame)} rows repeat a person_id and index_date. Keep one row per key."
        raise DataContractError(message)
    return frame.sort_values(KEY, ignore_index=True)
