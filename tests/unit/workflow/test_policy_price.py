"""What the payment policy costs: both models on the same members, with paired intervals."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from riskkit.workflow.members import Members
from riskkit.workflow.policy_price import price_policies
from riskkit.workflow.scheme_file import RunBlock

RNG = np.random.default_rng(11)
N = 3000
RUN = RunBlock(n_bootstrap=60)
BURDEN = RNG.integers(0, 3, N).astype(float)
PRIOR = RNG.gamma(1.0, 2000.0, N)
EXPECTED = 500 + 1000 * BURDEN + 0.8 * PRIOR
COST = EXPECTED * RNG.gamma(2.0, 0.5, N)
KEYS = pd.DataFrame({"person_id": [f"p{at}" for at in range(N)], "index_date": pd.Timestamp("2024-01-01")})
KNOWN = Members(
    KEYS.assign(age_years=RNG.integers(40, 90, N), sex=RNG.choice(["female", "male"], N)),
    KEYS.assign(dcsi_total_730d=BURDEN, allowed_amount_365d=PRIOR),
    pd.DataFrame(),
)


def _trained(name: str, policy: str, predicted: np.ndarray, **spec: object) -> SimpleNamespace:
    what = {
        "kind": "cost",
        "prediction_kind": "cost",
        "label": "cost",
        "horizon_days": 365,
        "label_options": None,
    } | spec
    rows = KEYS.assign(observed=COST, predicted=predicted, weight=1.0)
    return SimpleNamespace(
        model=SimpleNamespace(spec=SimpleNamespace(name=name, policy=policy, **what)), predictions=rows
    )


SEES_ALL = _trained("next_year_cost", "clinical", EXPECTED)
SEES_BURDEN = _trained("payment_cost", "payment", 500 + 1000 * BURDEN + 0.8 * PRIOR.mean())


def test_what_the_policy_hides_is_what_can_be_picked() -> None:
    (pair,) = price_policies({"a": SEES_ALL, "b": SEES_BURDEN}, KNOWN, RUN)
    assert (pair["clinical"], pair["payment"], pair["members"]) == ("next_year_cost", "payment_cost", N)
    r2 = pair["metrics"]["r2"]
    assert r2["difference"]["value"] == pytest.approx(r2["payment"]["value"] - r2["clinical"]["value"])
    assert r2["difference"]["high"] < 0
    # Prior cost, an exponential of mean 2,000 of which 80% returns, is unseen: its fifths have means of .107, .361,
    # .710, 1.223 and 2.609 times the mean, a mean distance of .733 from it: .733 * .8 * 2,000 = 1,173.
    assert pair["mapl"]["prior_cost_fifth"]["payment"]["value"] == pytest.approx(1173, rel=0.1)
    assert pair["mapl"]["prior_cost_fifth"]["clinical"]["value"] < 300
    assert pair["mapl"]["dcsi"]["payment"]["value"] < 300
    assert set(pair["mapl"]) == {"age_sex", "dcsi", "prior_cost_fifth"}


def test_a_cost_model_is_asked_to_tell_the_dearest_tenth() -> None:
    # Costs of 1 to 20: the dearest tenth are 19 and 20. One model orders all of them rightly; the other puts 19 behind
    # five of the eighteen others, so that of the 36 pairs of a dear and another member 31 are in order.
    keys = pd.DataFrame({"person_id": [f"p{at:02d}" for at in range(20)], "index_date": pd.Timestamp("2024-01-01")})
    cost = np.arange(1.0, 21.0)
    late = cost.copy()
    late[18] = 13.5
    known = Members(keys.assign(age_years=60, sex="male"), keys, pd.DataFrame())
    pair = [_trained("next_year_cost", "clinical", EXPECTED), _trained("payment_cost", "payment", EXPECTED)]
    for trained, predicted in zip(pair, (cost, late), strict=True):
        trained.predictions = keys.assign(observed=cost, predicted=predicted, weight=1.0)
    (found,) = price_policies({"a": pair[0], "b": pair[1]}, known, RUN)
    auroc = found["metrics"]["auroc_dearest_tenth"]
    assert auroc["clinical"]["value"] == 1.0
    assert auroc["payment"]["value"] == pytest.approx(31 / 36)
    assert auroc["difference"]["value"] == pytest.approx(-5 / 36)


def test_the_actuary_gets_one_sentence() -> None:
    (pair,) = price_policies({"a": SEES_ALL, "b": SEES_BURDEN}, KNOWN, RUN)
    assert pair["sentence"].count(". ") == 0
    assert pair["sentence"].startswith("Paying for nothing that a provider can raise by activity changes R² by −0.")
    assert "over prior-cost fifths that is left to select on becomes 1," in pair["sentence"]


def test_only_models_of_the_same_label_under_two_policies_are_a_pair() -> None:
    later = _trained("later_cost", "payment", EXPECTED, horizon_days=730)
    assert price_policies({"a": SEES_ALL, "b": later}, KNOWN, RUN) == []
    assert price_policies({"a": SEES_ALL, "b": SEES_ALL}, KNOWN, RUN) == []


def test_members_without_burden_or_prior_cost_are_selected_on_by_age_and_sex() -> None:
    bare = Members(KNOWN.cohort, KEYS, KNOWN.flow)
    (pair,) = price_policies({"a": SEES_ALL, "b": SEES_BURDEN}, bare, RUN)
    assert set(pair["mapl"]) == {"age_sex"}
    assert "over age and sex that is left to select on" in pair["sentence"]
