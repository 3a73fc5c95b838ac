"""What if: one member with features changed, and how probability, tier, rate and ledger move."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.errors import DataContractError
from riskkit.features.changes import apply_changes
from riskkit.rates.capitation import compute_rates
from riskkit.workflow.rating_frame import rate_frame
from riskkit.workflow.score import KEYS, score_members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskkit.tiers.final import TierHistory
    from riskkit.workflow.bundle import Bundle

ANSWERS = ("risk_tier", "model_tier", "tier_change", "package", "relative_risk_score", "rate_amount")
LARGE = 100.0


@dataclass(frozen=True)
class WhatIf:
    """How a member's answer moves.

    Parameters
    ----------
    person_id : str
        The member.
    currency : str
        Currency of the amounts.
    features : dict of str to (before, after)
        Every feature that moved, those that follow included; None is not measured.
    answers : dict of str to (before, after)
        Each outcome, and as far as the bundle has them tier, package, score and rate; with a history the tier is the
        final one, and the model's own and why it is another stand beside it.
    ledger : dict of str to (before, after)
        Amount of each step of the rate; empty without rates.
    rate_lines : dict of str to (before, after)
        Amount of each line of the rate; empty without rates.
    """

    person_id: str
    currency: str
    features: dict[str, tuple[float | None, float | None]]
    answers: dict[str, tuple[Any, Any]]
    ledger: dict[str, tuple[float, float]]
    rate_lines: dict[str, tuple[float, float]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values.

        Returns
        -------
        dict
            Each pair as ``{"before": ..., "after": ...}``.
        """
        content: dict[str, Any] = {"person_id": self.person_id, "currency": self.currency}
        for name in ("features", "answers", "ledger", "rate_lines"):
            pairs = getattr(self, name)
            content[name] = {what: {"before": before, "after": after} for what, (before, after) in pairs.items()}
        return content


def ask_what_if(
    bundle: Bundle,
    members: pd.DataFrame,
    changes: Mapping[str, float | None],
    *,
    person_id: str | None = None,
    history: TierHistory | None = None,
) -> WhatIf:
    """Answer for one member as if some features were other than they are.

    Parameters
    ----------
    bundle : Bundle
        The bundle.
    members : pandas.DataFrame
        Members as `score_members` takes them.
    changes : mapping of str to float or None
        New values by feature; None for not measured.
    person_id : str, optional
        Which member; may be left out where there is one row. Of several index dates the latest counts.
    history : TierHistory, optional
        Last year's tiers and overrides, of this member and of others.

    Returns
    -------
    WhatIf
        Before and after. It says what the model would answer, not what a treatment would do.

    Raises
    ------
    DataContractError
        If there is no such member, a value is impossible, or features would contradict each other.
    """
    row = _find_member(members, person_id)
    names = [name for name in bundle.feature_names if name in row]
    row = pd.concat([row.drop(columns=names), row[names].astype("float64")], axis=1)
    changed = apply_changes(row, changes, bundle.catalogue)
    first, second = (score_members(bundle, one, history=history) for one in (row, changed))
    answers = [*bundle.models, *(name for name in ANSWERS if name in first)]
    moved = [name for name in names if not _equal(row[name].iloc[0], changed[name].iloc[0])]
    return WhatIf(
        person_id=str(row["person_id"].iloc[0]),
        currency=bundle.currency,
        features={name: (_plain(row[name].iloc[0]), _plain(changed[name].iloc[0])) for name in moved},
        answers={name: (_plain(first[name].iloc[0]), _plain(second[name].iloc[0])) for name in answers},
        ledger=_pair(_list_steps(bundle, row, first), _list_steps(bundle, changed, second)),
        rate_lines=_pair(_list_lines(first), _list_lines(second)),
    )


def describe_what_if(found: WhatIf) -> list[str]:
    """Say what moved, one line each.

    Parameters
    ----------
    found : WhatIf
        From `ask_what_if`.

    Returns
    -------
    list of str
        Features, answers and ledger, before and after.
    """
    lines = [f"Member {found.person_id}; amounts in {found.currency} a member year"]
    for title, pairs in (("Features", found.features), ("Answers", found.answers), ("Ledger", found.ledger)):
        if pairs:
            lines.append(f"{title}:")
            lines += [f"  {name}: {_say(before)} -> {_say(after)}" for name, (before, after) in pairs.items()]
    return lines


def _find_member(members: pd.DataFrame, person_id: str | None) -> pd.DataFrame:
    if "person_id" not in members:
        message = "what-if: members have no column person_id. Give a file that 'riskkit features' wrote."
        raise DataContractError(message)
    rows = members if person_id is None else members[members["person_id"] == person_id]
    if rows.empty or len(rows["person_id"].unique()) > 1:
        who = "no person named" if person_id is None else f"no person_id={person_id!r}"
        message = f"what-if: {who} among {len(members)} rows. Give the identifier as the members file has it."
        raise DataContractError(message)
    if "index_date" in rows:
        rows = rows.sort_values("index_date", kind="stable")
    return rows.tail(1).reset_index(drop=True)


def _list_steps(bundle: Bundle, row: pd.DataFrame, scores: pd.DataFrame) -> dict[str, float]:
    if bundle.rates is None:
        return {}
    tiers = scores[[*KEYS, *(name for name in ("risk_tier",) if name in scores)]]
    frame = row.assign(index_date=scores["index_date"])
    _, ledger = compute_rates(
        bundle.rates, rate_frame(bundle, frame, scores, tiers, columns=bundle.rates.policy.columns)
    )
    return dict(zip(ledger["item"].astype("str"), ledger["amount"].tolist(), strict=True))


def _list_lines(scores: pd.DataFrame) -> dict[str, float]:
    if "rate_lines" not in scores:
        return {}
    return {line["item"]: line["amount"] for line in json.loads(scores["rate_lines"].iloc[0])}


def _pair(before: dict[str, float], after: dict[str, float]) -> dict[str, tuple[float, float]]:
    return {name: (before.get(name, 0.0), after.get(name, 0.0)) for name in dict.fromkeys([*before, *after])}


def _equal(a: Any, b: Any) -> bool:
    return bool((pd.isna(a) and pd.isna(b)) or a == b)


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value if isinstance(value, str) else float(value)


def _say(value: Any) -> str:
    if value is None:
        return "not measured"
    if isinstance(value, str):
        return value or "none"
    return f"{value:,.4g}" if abs(value) < LARGE else f"{value:,.2f}"
