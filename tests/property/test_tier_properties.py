"""What holds for the tier of every member, whatever the members."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.policy import read_policy
from riskkit.tiers.assignment import assign_tiers
from riskkit.tiers.cuts import fit_cuts
from riskkit.tiers.policy import TierPolicy

POLICY = read_policy(Path(__file__).parents[2] / "models" / "tiers" / "three_level.toml", TierPolicy)
RULE = read_policy(Path(__file__).parents[2] / "models" / "tiers" / "seed_hba1c.toml", TierPolicy)
RANK = {"low": 0, "medium": 1, "high": 2}
FLAG = st.sampled_from([0.0, 1.0, np.nan])
MEMBER = st.tuples(st.floats(0.0, 1.0), st.one_of(st.just(np.nan), st.floats(3.0, 20.0)), FLAG, FLAG, FLAG)
COLUMNS = ["predicted", "hba1c_latest_365d", "any_complication_730d", "nephropathy_730d", "retinopathy_730d"]
quickly = settings(deadline=None, max_examples=60)


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
