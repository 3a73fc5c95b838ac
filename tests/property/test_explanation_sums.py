"""Whatever the map between margin and prediction, and however often it was updated: contributions sum to it exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskkit.explain.factors import multiply_contributions
from riskkit.explain.rescaling import rescale_to_probability
from riskkit.explain.two_part import combine_parts
from riskkit.risk.calibrator import METHODS, Calibrator
from riskkit.risk.hazard_fit import fit_hazard
from riskkit.risk.hazard_model import HazardModel
from riskkit.risk.hazard_split import attribute_risk, attribute_risks
from riskkit.risk.links import combine_margins, invert_link
from riskkit.risk.recalibration import fit_calibrator
from tests.unit.risk.hazard_rows import NAMES, make_hazard_spec, make_times

EVERY_MAP = [(kind, method) for kind, methods in METHODS.items() for method in methods]
CENTRE, LINK = {"binary": -2.0, "cost": 8.0}, {"binary": "logit", "cost": "log"}
UPDATES = st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(0.6, 1.6)), max_size=2)
SEED = st.integers(0, 100_000)
LOG = st.floats(-0.4, 0.4)


def fit(kind: str, method: str) -> Calibrator:
    """Fit a map on 1,500 rows whose booster spreads too far, so that no map is a straight line."""
    rng = np.random.default_rng(5)
    margin = rng.normal(CENTRE[kind], 1.0, 1_500)
    true = CENTRE[kind] + 0.7 * (margin - CENTRE[kind])
    if kind == "binary":
        observed = (rng.random(1_500) < invert_link(true, "logit")).astype(float)
    else:
        observed = np.exp(true) * rng.gamma(0.7, 1.4, 1_500)
    predicted = invert_link(margin, LINK[kind])
    return fit_calibrator(predicted, observed, kind=kind, methods=[method], events_for_isotonic=1)


@pytest.fixture(scope="module")
def maps() -> dict[tuple[str, str], Calibrator]:
    return {(kind, method): fit(kind, method) for kind, method in EVERY_MAP}


def draw_margins(seed: int, kind: str) -> pd.DataFrame:
    """Draw 40 members, of whom the first is at the base and the second there by contributions that cancel."""
    rng = np.random.default_rng(seed)
    phi = rng.normal(0, 0.6, (40, 5))
    phi[0] = 0.0
    phi[1] = [0.4, -0.4, 0.0, 0.25, -0.25]
    keys = {"person_id": [f"p{row}" for row in range(40)], "index_date": pd.Timestamp(2024, 1, 1)}
    base = CENTRE[kind] + rng.normal(0, 0.3)
    return pd.DataFrame({**keys, "base_value": base, **{f"x{i}": phi[:, i] for i in range(5)}})


def update(calibrator: Calibrator, updates: list[tuple[float, float]]) -> Calibrator:
    for intercept, slope in updates:
        centre = CENTRE[calibrator.kind]
        calibrator = calibrator.then(centre * (1 - slope) + intercept, slope)
    return calibrator


@pytest.mark.parametrize(("kind", "method"), EVERY_MAP)
@settings(max_examples=15, deadline=None)
@given(seed=SEED, updates=UPDATES)
def test_contributions_sum_to_the_prediction_through_every_map_and_its_updates(
    kind: str, method: str, maps: dict[tuple[str, str], Calibrator], seed: int, updates: list[tuple[float, float]]
) -> None:
    calibrator, margins = update(maps[kind, method], updates), draw_margins(seed, kind)
    found = rescale_to_probability(margins, lambda f: calibrator.apply(invert_link(f, LINK[kind])))
    expected = calibrator.apply(invert_link(margins.iloc[:, 2:].sum(axis=1).to_numpy(), LINK[kind]))
    np.testing.assert_allclose(found.iloc[:, 2:].sum(axis=1), expected, rtol=1e-9)
    signs = np.sign(found.iloc[2:, 3:].to_numpy()) * np.sign(margins.iloc[2:, 3:].to_numpy())
    assert (signs >= 0).all()


@settings(max_examples=25, deadline=None)
@given(
    seed=SEED, updates=UPDATES, level=st.floats(-0.3, 0.3), logs=st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
)
def test_a_cost_of_two_parts_with_factors_sums_to_chance_times_amount_times_factors(
    maps: dict[tuple[str, str], Calibrator],
    seed: int,
    updates: list[tuple[float, float]],
    level: float,
    logs: tuple[float, float],
) -> None:
    calibrator = update(maps["cost", "deciles"], updates)
    chance, amount = draw_margins(seed, "binary"), draw_margins(seed + 1, "cost")
    margins = combine_parts(chance, amount)
    calibrated = rescale_to_probability(margins, lambda f: calibrator.apply(np.exp(f)))
    factors = pd.DataFrame({"x0": np.full(40, logs[0]), "x3": np.full(40, logs[1])})
    found = multiply_contributions(calibrated, factors, level=level)
    log_cost = combine_margins([part.iloc[:, 2:].sum(axis=1).to_numpy() for part in (chance, amount)])
    expected = calibrator.apply(np.exp(log_cost)) * np.exp(level + sum(logs))
    np.testing.assert_allclose(found.iloc[:, 2:].sum(axis=1), expected, rtol=1e-9)


@pytest.fixture(scope="module")
def hazard() -> HazardModel:
    train, calibration = make_times(1_500), make_times(1_500, seed=10, prefix="q")
    spec = make_hazard_spec(calibration={"methods": ["identity"]})
    return fit_hazard(spec, train.frame, calibration.frame, feature_names=NAMES, directions={}, num_threads=1)


@pytest.mark.parametrize("method", METHODS["binary"])
@settings(max_examples=5, deadline=None)
@given(seed=SEED, updates=UPDATES)
def test_a_hazard_sums_at_every_horizon_through_every_map_and_its_updates(
    method: str,
    maps: dict[tuple[str, str], Calibrator],
    hazard: HazardModel,
    seed: int,
    updates: list[tuple[float, float]],
) -> None:
    model = replace(hazard, calibrators=(update(maps["binary", method], updates), maps["binary", method]))
    features = make_times(40, seed=seed).frame.features
    risks = model.predict(features)
    for place, (base, parts) in enumerate(attribute_risks(model, features, [0, 1], num_threads=1)):
        np.testing.assert_allclose(base + parts.sum(axis=1), risks[:, place], rtol=1e-9)
        alone = attribute_risk(model, features, place, num_threads=1)
        np.testing.assert_allclose(parts, alone[1], rtol=0, atol=1e-14)
