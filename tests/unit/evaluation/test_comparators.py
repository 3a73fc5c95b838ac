"""The simple models that stand beside the real one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.errors import DataContractError, PolicyError
from riskkit.evaluation.comparators import fit_comparator

RNG = np.random.default_rng(0)
N = 2000
FEATURES = pd.DataFrame(
    {
        "person_id": [f"p{i}" for i in range(N)],
        "index_date": pd.Timestamp(2024, 12, 31),
        "visits": RNG.poisson(3, N).astype(float),
        "hba1c": np.where(RNG.random(N) < 0.3, np.nan, RNG.normal(7.5, 1, N)),
        "never": np.nan,
    }
)
COHORT = pd.DataFrame({"age_years": RNG.integers(30, 95, N), "sex": RNG.choice(["female", "male"], N)})


def test_the_linear_comparator_recovers_a_line_and_the_missing_shift() -> None:
    y = 100 * FEATURES["visits"] + np.where(FEATURES["hba1c"].isna(), 500, 50 * FEATURES["hba1c"].fillna(0))
    fitted = fit_comparator("linear", "cost", FEATURES, y)
    # Only the small ridge penalty keeps it from being exact.
    np.testing.assert_allclose(fitted.predict(FEATURES), y, atol=1.0)


def test_the_linear_comparator_balances_under_exposure() -> None:
    y, e = RNG.gamma(1, 5000, N), RNG.uniform(0.1, 1, N)
    fitted = fit_comparator("linear", "cost", FEATURES, y, e).predict(FEATURES)
    np.testing.assert_allclose((e * fitted).sum(), (e * y).sum(), rtol=1e-9)


def test_the_logistic_comparator_predicts_probabilities_that_balance() -> None:
    y = (RNG.random(N) < 1 / (1 + np.exp(3 - 0.6 * FEATURES["visits"]))).astype(float)
    predicted = fit_comparator("logistic", "binary", FEATURES, y).predict(FEATURES)
    assert ((predicted > 0) & (predicted < 1)).all()
    # An unpenalised intercept makes expected equal observed, up to the solver's tolerance.
    assert predicted.mean() == pytest.approx(y.mean(), abs=1e-4)
    assert np.corrcoef(predicted, FEATURES["visits"])[0, 1] > 0.9


def test_age_sex_cells_are_shrunk_towards_the_whole() -> None:
    cohort = pd.DataFrame({"age_years": [40] * 100 + [70] * 100, "sex": "male"})
    y = np.concatenate([np.tile([900, 1100], 50), np.tile([2900, 3100], 50)])
    young, old = fit_comparator("age_sex", "cost", cohort, y).predict(cohort.iloc[[0, 199]])
    # Cell means 1,000 and 3,000 of equal weight: the whole is 2,000, and credibility is high but below 1.
    assert 1000 < young < 1010
    assert 2990 < old < 3000
    assert young + old == pytest.approx(4000)


def test_cells_without_difference_predict_the_mean() -> None:
    cohort = pd.DataFrame({"age_years": [40, 40, 70, 70], "sex": "male"})
    predicted = fit_comparator("age_sex", "binary", cohort, [0, 1, 0, 1]).predict(cohort)
    np.testing.assert_allclose(predicted, 0.5)


def test_a_cell_unseen_in_training_gets_the_overall_prediction() -> None:
    y = RNG.gamma(1, 100, N)
    fitted = fit_comparator("age_sex", "cost", COHORT, y)
    new = pd.DataFrame({"age_years": [np.nan, 5.0], "sex": [None, "male"]})
    np.testing.assert_allclose(fitted.predict(new), fitted.overall)


def test_members_of_85_and_more_share_a_band() -> None:
    y = COHORT["age_years"].to_numpy(dtype=float)
    fitted = fit_comparator("age_sex", "cost", COHORT, y)
    a, b = fitted.predict(pd.DataFrame({"age_years": [85, 94], "sex": ["male", "male"]}))
    assert a == b


def test_wrong_uses_are_refused_by_name() -> None:
    with pytest.raises(PolicyError, match="logistic for binary"):
        fit_comparator("linear", "binary", FEATURES, np.zeros(N))
    with pytest.raises(DataContractError, match="lacks age_years, sex"):
        fit_comparator("age_sex", "cost", FEATURES, np.zeros(N))
    with pytest.raises(DataContractError, match="one each a row"):
        fit_comparator("linear", "cost", FEATURES, np.zeros(3))
    fitted = fit_comparator("linear", "cost", FEATURES, np.arange(float(N)))
    with pytest.raises(DataContractError, match="lack visits"):
        fitted.predict(FEATURES.drop(columns="visits"))


@pytest.mark.parametrize("name", ["age_sex", "logistic"])
def test_a_row_of_weight_zero_is_as_if_it_were_not_there(name: str) -> None:
    # of a member who left before the horizon nothing is known, whatever the row holds
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age_years": rng.uniform(40, 90, 200), "sex": rng.choice(["female", "male"], 200)})
    frame = frame if name == "age_sex" else frame[["age_years"]]
    observed, weight = (rng.random(200) < 0.3).astype(float), np.where(np.arange(200) < 150, 1.0, 0.0)
    known = fit_comparator(name, "binary", frame[:150], observed[:150], weight[:150])
    every = fit_comparator(name, "binary", frame, observed, weight)
    np.testing.assert_allclose(every.predict(frame), known.predict(frame), rtol=1e-12)


def test_the_linear_comparator_takes_no_line_beyond_the_values_it_was_fitted_on() -> None:
    # y = 10 x on 0 to 9: at 1,000 the last value that was seen stands, 90, and not 10,000
    x = np.arange(10.0)
    found = fit_comparator("linear", "cost", pd.DataFrame({"x": np.tile(x, 200)}), np.tile(10 * x, 200))
    seen, beyond = found.predict(pd.DataFrame({"x": [9.0, 1000.0]}))
    assert seen == pytest.approx(90.0, abs=0.1)
    assert beyond == seen
