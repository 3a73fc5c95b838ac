"""A label among the features, plain or disguised, stops the run with its name; strong honest features do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import LeakageError
from riskkit.workflow.label_guard import FewEventsWarning, _measure_parts, refuse_labels

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
        (EVENT, np.where(RNG.random(N) < 0.5, EVENT, np.nan)),
        (EVENT, np.where(EVENT == 1, np.where(RNG.random(N) < 0.5, -3.0, 3.0), RNG.normal(0, 0.5, N))),
        (COST, COST),
        (COST, -np.log1p(COST)),
        (COST, COST * RNG.lognormal(0, 0.05, N)),
    ],
    ids=[
        "label",
        "its opposite",
        "with noise",
        "missing without an event",
        "known of half",
        "at both ends",
        "cost",
        "its logarithm",
        "cost with noise",
    ],
)
def test_a_label_in_disguise_is_named(label: np.ndarray, leak: np.ndarray) -> None:
    with pytest.raises(LeakageError, match="outcome 'x': feature 'leak' alone"):
        refuse_labels(HONEST.assign(leak=leak), label, outcome="x")


@pytest.mark.parametrize("label", [EVENT, COST], ids=["event", "cost"])
def test_honest_features_pass(label: np.ndarray) -> None:
    # d' of 1 is an AUROC of .76; last year's cost that explains half of the variance of this year's is no leak
    prior = COST * RNG.lognormal(0, 1.0, N)
    features = HONEST.assign(prior=prior)
    refuse_labels(features, label, outcome="x")
    # They are not passed for want of signal: the best of them does follow the label.
    assert features.corrwith(pd.Series(label), method="spearman").abs().max() > 0.2


def test_the_parts_of_a_feature_find_no_order_in_noise() -> None:
    # 30 events in 50 parts: what one half of them says must not say anything of the other.
    few = np.zeros(N)
    few[:30] = 1
    areas = [_measure_parts(few, rank) for rank in np.random.default_rng(7).random((200, N))]
    assert abs(np.mean(areas) - 0.5) < 4 * np.std(areas) / np.sqrt(200)


def test_the_parts_of_a_feature_by_hand() -> None:
    # Four rows at each of three places; events at the two ends alone, one member of an end without one.
    rank = np.repeat([0.1, 0.5, 0.9], 4)
    event = np.array([1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0], dtype="float64")
    # In either half the ends hold 2 of 2 and 1 of 2 events, the middle 0 of 2. Events 2 at 1.0 and 1 at .5, others 1
    # at .5 and 2 at 0: of 9 pairs 8 are in order and one is tied.
    assert _measure_parts(event, rank) == pytest.approx(8.5 / 9)


def test_with_few_events_a_perfect_order_may_be_chance() -> None:
    few = np.zeros(N)
    few[:4] = 1
    refuse_labels(pd.DataFrame({"lucky": few}), few, outcome="x")
    few[:29] = 1
    with pytest.warns(FewEventsWarning, match="outcome 'x': on 29 members alone, feature 'lucky' has an AUROC"):
        refuse_labels(pd.DataFrame({"lucky": few, "age": HONEST["age"]}), few, outcome="x")
    few[:30] = 1
    with pytest.raises(LeakageError, match="'lucky'"):
        refuse_labels(pd.DataFrame({"lucky": few}), few, outcome="x")


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_rare_event_among_many_rows_is_guarded_whole(sign: float) -> None:
    # Of 300,000 rows 20,000 evenly spaced ones hold about 17 of 250 events, too few to refuse anything by.
    rng = np.random.default_rng(5)
    rare = np.zeros(300_000)
    rare[rng.choice(len(rare), 250, replace=False)] = 1
    age = rng.normal(60, 10, len(rare))
    # d' of 5 is an AUROC of .9998
    leak = sign * rare + rng.normal(0, 0.2, len(rare))
    with pytest.raises(LeakageError, match="'leak' alone has an AUROC"):
        refuse_labels(pd.DataFrame({"age": age, "leak": leak}), rare, outcome="x")
    # d' of 1.5 is an AUROC of .856: strong, and honest
    refuse_labels(pd.DataFrame({"age": age, "strong": 1.5 * rare + rng.normal(0, 1, len(rare))}), rare, outcome="x")


def test_how_many_rows_are_left_out_changes_no_auroc() -> None:
    # d' of 2.2 is an AUROC of .940 and 2.5 one of .961: the one passes and the other does not, at any number of rows.
    rng = np.random.default_rng(6)
    event = (rng.random(120_000) < 0.5).astype("float64")
    noise = rng.normal(0, 1, len(event))
    refuse_labels(pd.DataFrame({"strong": 2.2 * event + noise}), event, outcome="x")
    with pytest.raises(LeakageError, match="'leak'"):
        refuse_labels(pd.DataFrame({"leak": 2.5 * event + noise}), event, outcome="x")


def test_each_competing_cause_is_looked_at_alone() -> None:
    # 0 for neither, 1 for the event, 2 for death: what tells death from all else is a leak though it says no event.
    state = np.where(RNG.random(N) < 0.1, 2.0, EVENT)
    for leak in (state == 2, state == 1, state != 1):
        with pytest.raises(LeakageError, match="'leak' alone has an AUROC"):
            refuse_labels(HONEST.assign(leak=leak.astype(float)), state, outcome="x")
    refuse_labels(HONEST[["age", "empty"]], state, outcome="x")


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_flag_of_the_dearest_members_is_a_leak_in_either_direction(sign: float) -> None:
    # It ranks next to nobody among the others: a rank correlation of .5 would let it pass.
    flag = sign * (np.quantile(COST, 0.9) < COST)
    with pytest.raises(LeakageError, match="'leak' alone has an AUROC"):
        refuse_labels(HONEST.assign(leak=flag), COST, outcome="x")
