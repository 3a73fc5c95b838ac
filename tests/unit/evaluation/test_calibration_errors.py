"""ICI, E50, E90 and Emax: four figures of one curve."""

from __future__ import annotations

import numpy as np
import pytest

from riskkit.evaluation.calibration_errors import compute_calibration_errors
from riskkit.evaluation.reliability import compute_ici

RNG = np.random.default_rng(9)
P = RNG.uniform(0.05, 0.6, 8000)
Y = (RNG.random(8000) < P).astype(float)


def test_the_first_figure_is_the_ici() -> None:
    table = compute_calibration_errors(Y, P, n_bootstrap=0).set_index("metric")["value"]
    assert table["ici"] == pytest.approx(compute_ici(Y, P))
    assert table["e50"] <= table["e90"] <= table["emax"]


def test_a_shift_is_every_figure() -> None:
    # Every prediction is .1 too high: mean, median and 90th percentile of the distance are .1.
    table = compute_calibration_errors(Y, P + 0.1, n_bootstrap=50).set_index("metric")
    assert table.loc[["ici", "e50", "e90"], "value"].tolist() == pytest.approx([0.1, 0.1, 0.1], abs=0.03)
    assert (table["low"] <= table["high"]).all()


def test_a_tenth_that_is_off_moves_the_maximum_and_not_the_median() -> None:
    off = np.where(P > np.quantile(P, 0.95), np.minimum(P + 0.3, 1), P)
    table = compute_calibration_errors(Y, off, n_bootstrap=0).set_index("metric")["value"]
    assert table["e50"] < 0.05
    assert table["emax"] > 0.1
