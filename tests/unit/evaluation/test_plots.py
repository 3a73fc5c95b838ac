"""Each figure draws its frame on the axes it is given, or on new ones, and leaves pyplot alone."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from riskkit.evaluation.corp import compute_corp
from riskkit.evaluation.distribution import compute_distribution
from riskkit.evaluation.lift import compute_gain, compute_lift, compute_net_benefit
from riskkit.evaluation.plots import (
    plot_corp,
    plot_distribution,
    plot_gain,
    plot_lift,
    plot_net_benefit,
    plot_predictive_ratio,
    plot_reliability,
)
from riskkit.evaluation.reliability import compute_reliability

RNG = np.random.default_rng(0)
P = RNG.uniform(0.05, 0.6, 300)
Y = (RNG.random(300) < P).astype(float)
BINS = compute_reliability(Y, P, n_bins=5, n_bootstrap=20)
CASES = [
    (plot_reliability, BINS),
    (plot_predictive_ratio, BINS),
    (plot_gain, compute_gain(Y, P)),
    (plot_lift, compute_lift(Y, P, n_bootstrap=20)),
    (plot_distribution, compute_distribution(P)),
    (plot_corp, compute_corp(Y, P, n_bootstrap=20)),
    (plot_corp, compute_corp(Y, P, n_bootstrap=0)),
    (plot_net_benefit, compute_net_benefit(Y, P, thresholds=[0.1, 0.2, 0.4], n_bootstrap=20)),
    (plot_net_benefit, compute_net_benefit(Y, P, thresholds=[0.1, 0.2, 0.4])),
]


@pytest.mark.parametrize(("plot", "frame"), CASES)
def test_a_figure_names_both_axes_and_renders(plot, frame) -> None:
    ax = plot(frame)
    assert ax.get_ylabel()
    ax.figure.canvas.draw()
    assert not any(figure is ax.figure for figure in _known_to_pyplot())


@pytest.mark.parametrize(("plot", "frame"), CASES)
def test_a_figure_draws_on_the_axes_given_and_returns_them(plot, frame) -> None:
    ax = Figure().subplots()
    assert plot(frame, ax) is ax
    assert ax.has_data()


@pytest.mark.parametrize("plot", [plot_reliability, plot_predictive_ratio])
def test_a_table_without_intervals_draws_too(plot) -> None:
    ax = plot(compute_reliability(Y, P, n_bins=5, n_bootstrap=0))
    ax.figure.canvas.draw()
    assert ax.has_data()


def _known_to_pyplot() -> list[Figure]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return [] if pyplot is None else [pyplot.figure(number) for number in pyplot.get_fignums()]
