"""Rescaled contributions sum exactly to what is predicted and keep every sign."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskkit.errors import DataContractError
from riskkit.explain.rescaling import compute_log_mean, rescale_to_amount, rescale_to_probability, split_factors

PHI = st.lists(st.floats(-2, 2), min_size=3, max_size=3)


def _margin(base: float, phi: list[float]) -> pd.DataFrame:
    key = {"person_id": ["a"], "index_date": [pd.Timestamp(2024, 12, 31)], "base_value": [base]}
    return pd.DataFrame(key | {f"x{i}": [value] for i, value in enumerate(phi)})


def _steps(f: np.ndarray) -> np.ndarray:
    return np.interp(f, [-3, -1, 0, 2], [0.02, 0.02, 0.3, 0.8])


@example(base=0.0, phi=[1.5611047164759703e-46] * 3)
@given(base=st.floats(-3, 3), phi=PHI)
def test_any_calibrated_link_is_met_exactly_with_signs_kept(base, phi) -> None:
    scaled = rescale_to_probability(_margin(base, phi), _steps).iloc[0, 2:].to_numpy(float)
    expected = _steps(np.array([base + sum(phi)]))[0]
    assert scaled.sum() == pytest.approx(expected, abs=1e-6)
    assert (scaled[1:] * np.array(phi) >= 0).all()


@given(base=st.floats(3, 12), phi=PHI)
def test_amounts_sum_to_the_expected_cost(base, phi) -> None:
    scaled = rescale_to_amount(_margin(base, phi)).iloc[0, 2:].to_numpy(float)
    assert scaled.sum() == pytest.approx(np.exp(base + sum(phi)), rel=1e-10)


def test_a_scaled_cost_keeps_the_logarithmic_weights() -> None:
    margin = _margin(8.0, [0.5, -0.2, 0.1])
    plain = rescale_to_amount(margin).iloc[:, 2:]
    scaled = rescale_to_amount(margin, lambda f: 1.1 * np.exp(f)).iloc[:, 2:]
    np.testing.assert_allclose(scaled, 1.1 * plain, rtol=1e-12)


def test_contributions_that_cancel_use_the_derivative() -> None:
    # g = expit has slope p (1 - p) = .25 at 0.
    scaled = rescale_to_probability(_margin(0.0, [0.4, -0.4, 0.0]), lambda f: 1 / (1 + np.exp(-f)))
    np.testing.assert_allclose(scaled.iloc[0, 2:].to_numpy(float), [0.5, 0.1, -0.1, 0.0], atol=1e-8)


def test_a_row_is_the_same_to_the_last_bit_alone_and_in_a_batch() -> None:
    rng = np.random.default_rng(0)
    many = pd.concat([_margin(0.1, rng.normal(size=40).tolist()) for _ in range(50)], ignore_index=True)
    batch = rescale_to_amount(many)
    alone = pd.concat([rescale_to_amount(many.iloc[[i]]) for i in range(50)], ignore_index=True)
    pd.testing.assert_frame_equal(batch, alone, check_exact=True)


def test_the_log_mean_lies_between_its_arguments() -> None:
    # (3 - 1) / ln 3
    np.testing.assert_allclose(compute_log_mean([3.0, 1.0], [1.0, 3.0]), 2 / np.log(3))
    assert compute_log_mean([5.0], [5.0]).tolist() == [5.0]


@pytest.mark.parametrize("factor", [0.0, -1.0, np.nan])
def test_a_factor_that_is_not_positive_is_refused(factor) -> None:
    with pytest.raises(DataContractError, match="expected positive"):
        split_factors([100.0], [[1.1, factor]])


def test_a_frame_without_base_value_is_refused() -> None:
    with pytest.raises(DataContractError, match="no column base_value"):
        rescale_to_amount(_margin(0.0, [1.0]).drop(columns="base_value"))
