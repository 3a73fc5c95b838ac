"""By group: each figure is that of the group alone, and a small cell keeps silent."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError
from riskkit.evaluation.cluster_sums import compute_clustered_metrics
from riskkit.evaluation.group_performance import compute_group_performance

RNG = np.random.default_rng(6)
N = 2000
P = RNG.beta(2, 6, N)
FRAME = pd.DataFrame(
    {
        "person_id": [f"p{at}" for at in range(N)],
        "observed": (RNG.random(N) < P).astype(float),
        "predicted": P,
        "weight": 1.0,
        "sex": RNG.choice(["female", "male"], N),
        "region": np.where(np.arange(N) < 10, "tiny", "large"),
    }
)


def test_a_group_is_measured_on_its_own_rows() -> None:
    table = compute_group_performance(FRAME, ["sex"], kind="binary", n_bootstrap=50)
    women = FRAME[FRAME["sex"] == "female"]
    keys = (women["observed"], women["predicted"], women["weight"], women["person_id"])
    alone = compute_clustered_metrics(*keys, kind="binary", n_bootstrap=50)
    found = table[table["group"] == "female"].reset_index(drop=True)
    pd.testing.assert_frame_equal(found[alone.columns], alone)
    assert (found["n_persons"] == len(women)).all()


def test_a_group_of_ten_persons_is_withheld_with_its_number() -> None:
    table = compute_group_performance(FRAME, ["region"], kind="binary", n_bootstrap=20).set_index("group")
    assert table.loc["tiny", ["n_persons", "value", "low", "high"]].isna().all(axis=None)
    assert table.loc["tiny", "suppressed"].all()
    assert not table.loc["large", "suppressed"].any()


def test_few_events_are_withheld_but_not_the_number_of_members() -> None:
    few = FRAME.assign(observed=np.where(np.arange(N) % 250 == 0, 1.0, 0.0))  # 8 events
    table = compute_group_performance(few.assign(all="all"), ["all"], kind="binary", n_bootstrap=20)
    assert table["value"].isna().all()
    assert (table["n_persons"] == N).all()


def test_a_missing_value_is_a_group_and_an_absent_column_an_error() -> None:
    frame = FRAME.assign(level=np.where(np.arange(N) < 500, None, "one"))
    table = compute_group_performance(frame, ["level"], kind="binary", n_bootstrap=0)
    assert table["group"].unique().tolist() == ["missing", "one"]
    with pytest.raises(DataContractError, match="no column level"):
        compute_group_performance(FRAME, ["level"], kind="binary")
