"""What holds for the tier of every member, whatever the members."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.policy import read_policy
from riskkit.tiers.assignment import assign_tiers
from riskkit.tiers.cuts import fit_cuts
from riskkit.tiers.final import TierHistory, assign_final_tiers
from riskkit.tiers.policy import TierPolicy

POLICY = read_policy(Path(__file__).parents[2] / "models" / "tiers" / "three_level.toml", TierPolicy)
RULE = read_policy(Path(__file__).parents[2] / "models" / "tiers" / "seed_hba1c.toml", TierPolicy)
AXES = read_policy(Path(__file__).parents[2] / "models" / "tiers" / "two_axes.toml", TierPolicy)
HOLDING = replace(
    fit_cuts(AXES, None, reference_population="none"), policy=AXES.model_copy(update={"difficulty": None})
)
DAY = pd.Timestamp("2025-01-01")
RANK = {"low": 0, "medium": 1, "high": 2}
FLAG = st.sampled_from([0.0, 1.0, np.nan])
MEMBER = st.tuples(st.floats(0.0, 1.0), st.one_of(st.just(np.nan), st.floats(3.0, 20.0)), FLAG, FLAG, FLAG)
COLUMNS = ["predicted", "hba1c_latest_365d", "any_complication_730d", "nephropathy_730d", "retinopathy_730d"]
quickly = settings(deadline=None, max_examples=60)
shortly = settings(deadline=None, max_examples=20)


def _frame(rows: list[tuple[float, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(
        person_id=[f"P{place:02d}" for place in range(len(rows))],
        index_date=pd.Timestamp("2025-01-01"),
        outcome="admission",
    )


def _ranks(frame: pd.DataFrame) -> np.ndarray:
    assigned = assign_tiers(fit_cuts(POLICY, None, reference_population="none"), frame, frame)
    return assigned["risk_tier"].map(RANK).to_numpy(dtype=int)


@quickly
@given(rows=st.lists(MEMBER, min_size=1, max_size=20), rise=st.floats(0.0, 1.0))
def test_a_higher_predicted_risk_never_lowers_the_tier(rows: list[tuple[float, ...]], rise: float) -> None:
    frame = _frame(rows)
    risen = frame.assign(predicted=np.minimum(frame["predicted"] + rise, 1.0))
    assert (_ranks(risen) >= _ranks(frame)).all()


@quickly
@given(rows=st.lists(MEMBER, min_size=1, max_size=20))
def test_a_member_alone_has_the_same_tier(rows: list[tuple[float, ...]]) -> None:
    frame = _frame(rows)
    alone = [_ranks(frame.iloc[[place]])[0] for place in range(len(frame))]
    assert alone == _ranks(frame).tolist()


@quickly
@given(rows=st.lists(MEMBER, min_size=1, max_size=20))
def test_nobody_without_hba1c_is_low(rows: list[tuple[float, ...]]) -> None:
    frame = _frame(rows).assign(hba1c_latest_365d=np.nan)
    assert (_ranks(frame) > 0).all()
    by_rule = assign_tiers(fit_cuts(RULE, None, reference_population="none"), None, frame)
    assert set(by_rule["risk_tier"]) <= {"unassessed", "high"}


LAST = st.tuples(st.sampled_from(["", *RANK]), st.sampled_from([3, 11, 13, 40]), st.sampled_from(["", *RANK]))
HISTORIES = st.lists(st.tuples(MEMBER, LAST), min_size=1, max_size=15)


def _history(known: list[tuple[str, int, str]]) -> TierHistory:
    """Last tiers of so many months' stay, and overrides; an empty name is none."""
    ids = [f"P{place:02d}" for place in range(len(known))]
    frame = pd.DataFrame(known, columns=["risk_tier", "months", "asked"]).assign(person_id=ids)
    last = frame[frame["risk_tier"] != ""].assign(index_date=pd.Timestamp("2024-01-01"))
    since = [DAY - pd.DateOffset(months=int(months)) for months in last["months"]]
    asked = frame.loc[frame["asked"] != "", ["person_id", "asked"]].rename(columns={"asked": "risk_tier"})
    overrides = asked.assign(code="dka", author="Dr. Li", expiry_date=pd.Timestamp("2025-07-01"))
    columns = ["person_id", "index_date", "risk_tier", "tier_since"]
    dated = last.assign(tier_since=pd.Series(since, index=last.index, dtype="datetime64[us]"))
    return TierHistory(dated[columns], overrides)


def _final(frame: pd.DataFrame, history: TierHistory) -> pd.DataFrame:
    return assign_final_tiers(HOLDING, frame, frame, history=history)


@shortly
@given(rows=HISTORIES)
def test_a_history_never_leaves_a_member_below_model_or_override_and_says_why(rows: list[tuple[Any, Any]]) -> None:
    frame, history = _frame([member for member, _ in rows]), _history([last for _, last in rows])
    found = _final(frame, history)
    final, model = (found[name].map(RANK).to_numpy(dtype=int) for name in ("risk_tier", "model_tier"))
    assert (final >= model).all()
    asked = np.array([RANK.get(last[2], -1) for _, last in rows])
    assert (final >= asked).all()
    # down by one step a year, and never within twelve months
    before = np.array([RANK.get(last[0], -1) for _, last in rows])
    months = np.array([last[1] for _, last in rows])
    assert (final >= before - 1).all()
    assert (final >= before)[months < 12].all()
    assert ((found["tier_change"] != "") == (final != model)).all()


@shortly
@given(rows=HISTORIES, rise=st.floats(0.0, 1.0))
def test_of_two_members_with_one_history_the_sicker_never_has_the_lower_final_tier(
    rows: list[tuple[Any, Any]], rise: float
) -> None:
    frame, history = _frame([member for member, _ in rows]), _history([last for _, last in rows])
    risen = frame.assign(predicted=np.minimum(frame["predicted"] + rise, 1.0))
    first, second = (_final(one, history)["risk_tier"].map(RANK).to_numpy(dtype=int) for one in (frame, risen))
    assert (second >= first).all()


@shortly
@given(rows=HISTORIES)
def test_order_and_company_of_the_members_never_matter_for_the_final_tier(rows: list[tuple[Any, Any]]) -> None:
    frame, history = _frame([member for member, _ in rows]), _history([last for _, last in rows])
    batch = _final(frame, history)
    pd.testing.assert_frame_equal(_final(frame.iloc[::-1], history), batch)
    alone = _final(frame.iloc[[-1]], history)
    pd.testing.assert_frame_equal(alone, batch.iloc[[-1]].reset_index(drop=True))
