"""Calibration figures that were published or can be worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from riskkit.risk.recalibration import fit_calibrator
from riskkit.workflow.imported import recalibrate_column
from riskkit.workflow.imported_rows import Columns


def test_the_intercept_update_of_the_methods() -> None:
    # METHODS 4: p = (.05, .1, .2, .4) and an observed mean of .15: d = -.301, q = (.037, .076, .156, .330)
    p = [0.05, 0.1, 0.2, 0.4]
    found = fit_calibrator(p, [0.15] * 4, kind="binary", methods=["intercept"])
    assert found.intercept == pytest.approx(-0.301, abs=5e-4)
    np.testing.assert_allclose(found.apply(p), [0.037, 0.076, 0.156, 0.330], atol=5e-4)


def test_an_equation_that_predicts_224_percent_too_much_comes_out_within_sampling_error() -> None:
    # An external validation found coronary disease overpredicted by 224%: expected over observed 3.24
    rng = np.random.default_rng(0)
    true = rng.beta(2.0, 30.0, 5_000)
    said = np.minimum(3.24 * true, 0.999)
    table = pd.DataFrame({"ukpds_chd": said, "observed": (rng.random(5_000) < true).astype(int)})
    report = recalibrate_column(table, Columns("ukpds_chd"), n_bootstrap=0).report
    before, after = (report[when]["oe_ratio"]["value"] for when in ("before", "after"))
    # the standard error of O/E is that of the count: 1 / sqrt(some 310 events) = .057
    error = 1 / np.sqrt(report["events"])
    assert 1 / before == pytest.approx(3.24, rel=4 * error)
    assert after == pytest.approx(1.0, abs=2 * error)
    assert report["before"]["ici"]["value"] > 0.1
    assert report["after"]["ici"]["value"] < 0.01


def test_venn_abers_by_hand() -> None:
    # scores .2, .8 with events 0 and 1. At .2, one more non-event: 0; one more event: (0 + 1) / 2 = .5, below 1.
    # At .8: a non-event makes (1 + 0) / 2 = .5, an event 1. Merged: .5 / (1 - 0 + .5) = 1/3 and 1 / (1 - .5 + 1) = 2/3
    found = fit_calibrator([0.2, 0.8], [0.0, 1.0], kind="binary", methods=["venn_abers"], events_for_isotonic=1)
    np.testing.assert_allclose(found.y, [1 / 3, 2 / 3], rtol=1e-12)
    np.testing.assert_allclose(found.apply([0.2, 0.8]), [1 / 3, 2 / 3], rtol=1e-9)
    low, high = found.compute_interval([0.2, 0.8])
    np.testing.assert_allclose([low[1], high[0]], [0.5, 0.5], rtol=1e-9)
