"""The final tier: the model's, held by last year's and raised by clinicians, with what the model said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from riskkit.tiers.assignment import assign_tiers
from riskkit.tiers.difficulty import add_management_class
from riskkit.tiers.hysteresis import assign_held_tiers, check_last_tiers, date_tiers, line_up_last
from riskkit.tiers.overrides import apply_overrides
from riskkit.tiers.policy import UNASSESSED

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

    from riskkit.tiers.blocks import Hysteresis
    from riskkit.tiers.cuts import FrozenTiers
    from riskkit.tiers.policy import TierPolicy

OVERRIDDEN: Final = "clinical_override"
SAID_FROM: Final = ("risk_tier", "model_tier", "tier_reason", "override_code", "override_author", "override_expiry")
HELD: Final = {
    "minimum_stay": (
        "held at {final}, where the model says {model}: less than {stay:g} months in the tier",
        "维持{final_zh}（模型为{model_zh}）：在该级未满{stay:g}个月",
    ),
    "within_margin": (
        "held at {final}, where the model says {model}: the risk is not {margin:g}% below the cut",
        "维持{final_zh}（模型为{model_zh}）：风险未低于界值{margin:g}%",
    ),
    "one_step_down": (
        "held at {final}, where the model says {model}: not more than {steps:g} tier down a year",
        "维持{final_zh}（模型为{model_zh}）：每年最多下调{steps:g}级",
    ),
    "evidence_missing": (
        "held at {final}, where the model says {model}: the evidence is missing",
        "维持{final_zh}（模型为{model_zh}）：缺少评估依据",
    ),
}
RAISED: Final = (
    "raised to {final}, where the model says {model}: {said} (override {code} by {author}, until {until})",
    "上调至{final_zh}（模型为{model_zh}）：{said_zh}（人工上调代码{code}，{author}，有效期至{until}）",
)
"""Both in English and Chinese."""


@dataclass(frozen=True, eq=False)
class TierHistory:
    """What is known of the members' tiers beside model and rule.

    Parameters
    ----------
    last : pandas.DataFrame, optional
        Last year's final tiers: `person_id`, `index_date`, `risk_tier`, and `tier_since` where it was kept; one row
        per person.
    overrides : pandas.DataFrame, optional
        What clinicians ask for: `person_id`, `risk_tier`, `code`, `author`, `expiry_date`, and `start_date` where it
        is known.
    stated : pandas.DataFrame, optional
        Final tiers of the members' own day, as they were written then: `person_id`, `risk_tier`, one row per person.
        They are taken as they are, and nothing is held or raised; who is not among them, or had none, keeps the
        model's own.
    """

    last: pd.DataFrame | None = None
    overrides: pd.DataFrame | None = None
    stated: pd.DataFrame | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return self.last is None and self.overrides is None and self.stated is None


def assign_final_tiers(
    frozen: FrozenTiers,
    predictions: pd.DataFrame | None = None,
    features: pd.DataFrame | None = None,
    *,
    history: TierHistory | None = None,
) -> pd.DataFrame:
    """Assign tiers, hold them by the last assignment, and raise them by overrides, in this order.

    Each row depends on that member's own values and history alone.

    Parameters
    ----------
    frozen : FrozenTiers
        Policy and cuts.
    predictions, features : pandas.DataFrame, optional
        As for `assign_tiers`.
    history : TierHistory, optional
        Last tiers and overrides, or the tiers as they are stated; without any the tiers are those of `assign_tiers`.

    Returns
    -------
    pandas.DataFrame
        What `assign_tiers` returns, `risk_tier` being the final tier; with a history also `tier_since` and the columns
        of overrides as far as they were given, `model_tier` (the tier without history) and, where the final tier is
        another, `tier_change` and `tier_change_zh` (why, in words; else empty). Beside stated tiers, which do not say
        why, there is `model_tier` alone.

    Raises
    ------
    DataContractError
        As `assign_held_tiers` and `apply_overrides` do.
    """
    own = assign_tiers(frozen, predictions, features)
    known = history or TierHistory()
    if known.is_empty:
        return own
    if known.stated is not None:
        return _take_stated(frozen.policy, own, known.stated, features)
    final = own if known.last is None else assign_held_tiers(frozen, known.last, predictions, features, own=own)
    if known.overrides is not None:
        final = apply_overrides(frozen.policy, final, known.overrides, features)
        if known.last is not None:
            final = final.assign(tier_since=date_tiers(final, line_up_last(known.last, final)))
    final = final.assign(model_tier=own["risk_tier"])
    return final.assign(**_say_changes(frozen.policy, final))


def _take_stated(
    policy: TierPolicy, own: pd.DataFrame, stated: pd.DataFrame, features: pd.DataFrame | None
) -> pd.DataFrame:
    """Take the tiers as they are stated, with the packages of today's policy."""
    check_last_tiers(policy, stated)
    packages = {tier.name: tier.package for tier in policy.tiers}
    packages[UNASSESSED] = policy.unassessed.package if policy.unassessed else ""
    written = line_up_last(stated, own)["risk_tier"].set_axis(own.index)
    known = written.notna()
    final = own.assign(
        risk_tier=own["risk_tier"].mask(known, written).astype("str"),
        package=own["package"].mask(known, written.map(packages)).astype("str"),
        model_tier=own["risk_tier"],
    )
    if policy.difficulty is None:
        return final
    return add_management_class(policy.difficulty, final.drop(columns="management_class"), features)


def _say_changes(policy: TierPolicy, final: pd.DataFrame) -> dict[str, ExtensionArray]:
    """Say in two languages why the final tier is not the model's; nothing where it is."""
    changed = np.flatnonzero((final["risk_tier"] != final["model_tier"]).to_numpy())
    words = _list_words(policy, final.iloc[changed])
    said: dict[str, ExtensionArray] = {}
    for place, column in enumerate(("tier_change", "tier_change_zh")):
        texts = np.full(len(final), "", dtype=object)
        texts[changed] = [pair[place] for pair in words]
        said[column] = pd.array(texts, dtype="str")
    return said


def _list_words(policy: TierPolicy, moved: pd.DataFrame) -> list[tuple[str, str]]:
    """Say it for each row, once for rows that are alike."""
    columns = [name for name in SAID_FROM if name in moved]
    rows = list(moved[columns].astype("object").itertuples(index=False, name=None))
    spoken = {row: _say(policy, dict(zip(columns, row, strict=True))) for row in dict.fromkeys(rows)}
    return [spoken[row] for row in rows]


def _say(policy: TierPolicy, row: dict[Any, Any]) -> tuple[str, str]:
    """Say it for one member."""
    titles = {tier.name: tier.title_zh for tier in policy.tiers}
    if policy.unassessed:
        titles[UNASSESSED] = policy.unassessed.title_zh
    final, model = str(row["risk_tier"]), str(row["model_tier"])
    known = {"final": final, "model": model, "final_zh": titles.get(final, final), "model_zh": titles.get(model, model)}
    if row["tier_reason"] == OVERRIDDEN:
        known |= {"code": row["override_code"], "author": row["override_author"]}
        said, said_zh = _meaning(policy, row["override_code"])
        known |= {"until": f"{row['override_expiry']:%Y-%m-%d}", "said": said, "said_zh": said_zh}
        return RAISED[0].format(**known), RAISED[1].format(**known)
    text, text_zh = HELD[str(row["tier_reason"])]
    numbers = _numbers_of(policy.hysteresis)
    return text.format(**known, **numbers), text_zh.format(**known, **numbers)


def _meaning(policy: TierPolicy, code: str) -> tuple[str, str]:
    if policy.overrides is None:
        return code, code
    reason = policy.overrides.find_reason(code)
    return reason.title, reason.title_zh


def _numbers_of(block: Hysteresis | None) -> dict[str, float]:
    if block is None:
        return {}
    return {"stay": block.minimum_stay.value, "margin": 100 * block.margin.value, "steps": block.steps_down.value}
