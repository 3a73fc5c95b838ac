"""A label among the features, plain or disguised, stops the run with its name; strong honest features do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import LeakageError
from riskkit.workflow.label_guard import refuse_labels

RNG = np.random.default_rng(1)
N = 3000
EVENT = (RNG.random(N) < 0.2).astype("float64")
COST = RNG.lognormal(8, 1.5, N) * (RNG.random(N) < 0.9)
HONEST = pd.DataFrame({"age": RNG.normal(60, 10, N), "strong": EVENT + RNG.normal(0, 1, N), "empty": np.nan})


@pytest.mark.parametrize(
    ("label", "leak"),
    [
        (EVENT, EVENT),
        (EVENT, 1 - EVENT),
        (EVENT, EVENT + RNG.normal(0, 0.2, N)),
        (EVENT, np.where(EVENT == 1, RNG.normal(0, 1, N), np.nan)),
        (COST, COST),
        (COST, -np.log1p(COST)),
        (COST, COST * RNG.lognormal(0, 0.05, N)),
    ],
    ids=["label", "its opposite", "with noise", "missing without an event", "cost", "its logarithm", "cost with noise"],
)
def test_a_label_in_disguise_is_named(label: np.ndarray, leak: np.ndarray) -> None:
    with pytest.raises(LeakageError, match="outcome 'x': feature 'leak' alone"):
        refuse_labels(HONEST.assign(leak=leak), label, outcome="x")


@pytest.mark.parametrize("label", [EVENT, COST], ids=["event", "cost"])
def test_honest_features_pass(label: np.ndarray) -> None:
    # d' of 1 is an AUROC of .76; last year's cost that explains half of the variance of this year's is no leak
    prior = COST * RNG.lognormal(0, 1.0, N)
    refuse_labels(HONEST.assign(prior=prior), label, outcome="x")


def test_with_few_events_a_perfect_order_may_be_chance() -> None:
    few = np.zeros(N)
    few[:29] = 1
    refuse_labels(pd.DataFrame({"lucky": few}), few, outcome="x")
    few[:30] = 1
    with pytest.raises(LeakageError, match="'lucky'"):
        refuse_labels(pd.DataFrame({"lucky": few}), few, outcome="x")
