"""The closed test asks for what is wrong and no more, and does not mind weights, repeats or dear members."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from riskkit.risk.updating import Update, choose_update


def make_year(
    kind: str, intercept: float, slope: float, *, n_rows: int = 8000, seed: int = 0, bend: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Predictions, and outcomes whose link is a line (or a bend) of theirs."""
    rng = np.random.default_rng(seed)
    margin = rng.normal(0.0, 1.0, n_rows)
    truth = intercept + slope * margin + bend * margin**2
    if kind == "binary":
        p, q = (1 / (1 + np.exp(2 - each)) for each in (margin, truth))
        return p, (rng.random(n_rows) < q).astype(float)
    return np.exp(7 + margin), np.exp(7 + truth) * rng.gamma(0.5, 2.0, n_rows)


def choose(kind: Any, p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None, **given: Any) -> Update:
    persons = given.get("persons", np.arange(len(p)))
    level = given.get("significance", 0.05)
    return choose_update(p, y, np.ones(len(p)) if weight is None else weight, persons, kind=kind, significance=level)


@pytest.mark.parametrize("kind", ["binary", "cost"])
@pytest.mark.parametrize(
    ("line", "bend", "choice"),
    [
        ((0.0, 1.0), 0.0, "keep"),
        ((-0.5, 1.0), 0.0, "intercept"),
        ((0.0, 0.6), 0.0, "slope"),
        ((0.0, 1.0), 0.3, "refit"),
    ],
)
def test_the_smallest_update_that_mends_is_chosen(
    kind: str, line: tuple[float, float], bend: float, choice: str
) -> None:
    # at a level of .001 chance alone would have it otherwise once in a thousand years
    found = choose(kind, *make_year(kind, *line, bend=bend, seed=2), significance=0.001)
    assert found.choice == choice
    assert [test.choice for test in found.tests] == ["keep", "intercept", "slope"][: len(found.tests)]
    assert [test.df for test in found.tests] == [4, 3, 2][: len(found.tests)]


@pytest.mark.parametrize("kind", ["binary", "cost"])
def test_neither_the_scale_of_the_weights_nor_the_order_of_the_rows_matters(kind: str) -> None:
    p, y = make_year(kind, -0.1, 1.0)
    w = np.random.default_rng(3).uniform(0.2, 2.0, len(p))
    once, scaled = choose(kind, p, y, w), choose(kind, p, y, 50 * w)
    order = np.random.default_rng(4).permutation(len(p))
    moved = choose(kind, p[order], y[order], w[order], persons=order)
    for other in (scaled, moved):
        np.testing.assert_allclose(
            [test.statistic for test in other.tests], [test.statistic for test in once.tests], rtol=1e-6
        )


def test_the_currency_does_not_matter() -> None:
    p, y = make_year("cost", -0.1, 1.0)
    for once, again in zip(choose("cost", p, y).tests, choose("cost", 1e4 * p, 1e4 * y).tests, strict=True):
        np.testing.assert_allclose(again.statistic, once.statistic, rtol=1e-6)


def test_a_year_copied_four_times_is_no_more_evidence() -> None:
    # the likelihood ratio would be four times as large; the spread of persons knows better
    p, y = make_year("binary", -0.15, 1.0, n_rows=3000)
    once = choose("binary", p, y)
    copied = choose("binary", np.tile(p, 4), np.tile(y, 4), persons=np.tile(np.arange(3000), 4))
    np.testing.assert_allclose(copied.tests[0].statistic, once.tests[0].statistic, rtol=1e-9)
    assert copied.events == once.events == int(y.sum())


def test_with_one_prediction_for_all_there_is_nothing_but_a_level() -> None:
    p = np.full(4000, 0.2)
    y = (np.random.default_rng(0).random(4000) < 0.3).astype(float)
    found = choose("binary", p, y)
    assert (found.choice, [test.df for test in found.tests]) == ("intercept", [1])
    # Rao's score statistic of a share: (sum y - n p)^2 / (n p (1 - p)), with 800 expected and a variance of 640
    np.testing.assert_allclose(found.tests[0].statistic, (y.sum() - 800) ** 2 / 640, rtol=1e-9)


def test_the_standard_error_of_the_level_by_hand() -> None:
    # 300 events of 4000, all said to be as likely: sqrt(4000 * .075 * .925) / 300 = .0555
    y = np.repeat([1.0, 0.0], [300, 3700])
    found = choose("binary", np.full(4000, 0.1), y)
    np.testing.assert_allclose(found.oe_error, 0.0555, atol=1e-4)
    # one degree of freedom at 5% and 80% power: 1.96 + .84 = 2.80 standard errors (Cohen)
    np.testing.assert_allclose(found.detectable / found.oe_error, 2.80, atol=0.01)


def test_a_year_of_few_events_is_asked_for_its_level_alone_by_the_model_s_own_variance() -> None:
    # 100 expected of 4,000 at .025: variance 97.5. With 130 events (30^2 / 97.5 = 9.23) the level is rejected, with
    # 110 (100 / 97.5 = 1.03) it is not, however far the events lie from where they are expected.
    p = np.full(4000, 0.025)
    many, some = (choose("binary", p, (np.arange(4000) < count).astype(float)) for count in (130, 110))
    assert (many.choice, [test.df for test in many.tests]) == ("intercept", [1])
    assert (some.choice, [test.choice for test in some.tests]) == ("keep", ["keep"])
    np.testing.assert_allclose([many.tests[0].statistic, some.tests[0].statistic], [900 / 97.5, 100 / 97.5], rtol=1e-9)


def test_two_rows_of_each_person_with_one_fate_are_no_more_evidence() -> None:
    p, y = np.full(4000, 0.025), (np.arange(4000) < 130).astype(float)
    once = choose("binary", p, y)
    twice = choose("binary", np.tile(p, 2), np.tile(y, 2), persons=np.tile(np.arange(4000), 2))
    np.testing.assert_allclose(twice.tests[0].statistic, once.tests[0].statistic, rtol=1e-9)
    np.testing.assert_allclose(twice.tests[0].p_value, once.tests[0].p_value, rtol=1e-9)


@pytest.mark.parametrize("rare", [0.0, 1.0])
def test_nothing_is_changed_on_nine_events_or_on_nine_without(rare: float) -> None:
    # 40 are expected, and 9 come: far off, but a level fitted on 9 is off by a third
    y = np.where(np.arange(4000) < 9, rare, 1 - rare)
    found = choose("binary", np.full(4000, abs(1 - rare - 0.01)), y)
    assert (found.choice, found.tests) == ("keep", ())


def test_a_cost_of_few_persons_is_asked_for_its_level_by_the_spread_of_persons() -> None:
    # 100 persons, predicted 100 each; half of them cost 130, half 150: residuals 30 and 50,
    # (50 * 80)^2 / (50 * (900 + 2500)) = 16e6 / 170e3
    found = choose("cost", np.full(100, 100.0), np.tile([130.0, 150.0], 50))
    assert (found.choice, len(found.tests)) == ("intercept", 1)
    np.testing.assert_allclose(found.tests[0].statistic, 16e6 / 170e3, rtol=1e-9)
