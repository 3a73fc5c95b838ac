"""Links keep the order, the ends and the sign."""

from __future__ import annotations

import numpy as np

from riskkit.risk.links import combine_margins, compute_expit, compute_logit, invert_link


def test_extreme_margins_neither_overflow_nor_vanish() -> None:
    # expit(-40) = exp(-40) to 1e-17 of itself
    found = compute_expit(np.array([-800.0, -40.0, 800.0]))
    np.testing.assert_allclose(found, [0.0, np.exp(-40.0), 1.0], rtol=1e-12)


def test_logit_and_expit_undo_each_other() -> None:
    p = np.array([1e-9, 0.12, 0.5, 0.999])
    np.testing.assert_allclose(compute_expit(compute_logit(p)), p, rtol=1e-12)


def test_certain_probabilities_have_finite_logits() -> None:
    assert np.isfinite(compute_logit(np.array([0.0, 1.0]))).all()


def test_the_bent_identity_is_positive_rising_and_smooth_at_its_floor() -> None:
    margin = np.linspace(-300.0, 300.0, 601)
    amount = invert_link(margin, "identity", floor=50.0)
    assert (amount > 0).all()
    assert (np.diff(amount) > 0).all()
    np.testing.assert_array_equal(amount[margin >= 50.0], margin[margin >= 50.0])
    # 50 exp(49 / 50 - 1) = 49.00993
    np.testing.assert_allclose(amount[margin == 49.0], 49.00993, atol=1e-5)


def test_without_a_floor_amounts_end_at_zero() -> None:
    np.testing.assert_array_equal(invert_link(np.array([-1.0, 2.0]), "identity"), [0.0, 2.0])


def test_two_parts_make_the_log_of_chance_times_amount() -> None:
    # a chance of 0.2 of an amount of 1000 is an expected 200
    margin = combine_margins([np.log([0.25]), np.log([1000.0])])
    np.testing.assert_allclose(np.exp(margin), [200.0])
