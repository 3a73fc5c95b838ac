"""The figures of the report, each from its frame to inline SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from riskkit.evaluation.distribution import compute_distribution
from riskkit.evaluation.lift import compute_lift
from riskkit.evaluation.plots import (
    AMBER,
    BLUE,
    GREY,
    INK,
    PALE,
    plot_distribution,
    plot_lift,
    plot_predictive_ratio,
    plot_reliability,
)
from riskkit.report.canvas import open_canvas, to_svg
from riskkit.report.wording import SMALLEST_CELL, as_estimate, as_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

N_BOOTSTRAP: Final = 200
RED: Final = "#b5423a"
GREEN: Final = "#3c7d5a"
LIFT_SHARES: Final = (0.01, 0.05, 0.1, 0.2)
VERDICT_COLORS: Final = {"stable": PALE, "watch": AMBER, "act": RED}
COMPARATOR_MARKERS: Final = ("D", "s", "^", "v")


def draw_reliability(bins: pd.DataFrame, name: str, *, binary: bool) -> str:
    """Draw observed against predicted by band of the prediction.

    Parameters
    ----------
    bins : pandas.DataFrame
        From `riskkit.evaluation.reliability.compute_reliability`.
    name : str
        Name of the figure on the page.
    binary : bool
        Axes in percent, or in currency.

    Returns
    -------
    str
        SVG.
    """
    with open_canvas() as (figure, (ax,)):
        plot_reliability(bins, ax)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:.0%}" if binary else _thousands(value))
        _shrink(ax)
        return to_svg(figure, name)


def draw_predictive_ratio(bins: pd.DataFrame, name: str) -> str:
    """Draw predicted over observed by band of the prediction.

    Parameters
    ----------
    bins : pandas.DataFrame
        From `riskkit.evaluation.reliability.compute_reliability`.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    with open_canvas() as (figure, (ax,)):
        plot_predictive_ratio(bins, ax)
        ax.set_xlabel("Decile of the prediction, lowest first" if len(bins) == 10 else "Band of the prediction")
        _shrink(ax)
        return to_svg(figure, name)


def draw_lift(rows: pd.DataFrame, comparators: Mapping[str, str], name: str) -> str:
    """Draw the lift of the highest predictions, with the comparators as markers.

    Parameters
    ----------
    rows : pandas.DataFrame
        `person_id`, `observed`, `predicted`, `weight` and one column a comparator.
    comparators : mapping of str to str
        Column of each comparator and its printed name.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    shares = [share for share in LIFT_SHARES if share * len(rows) >= SMALLEST_CELL] or [LIFT_SHARES[-1]]
    keys = (rows["observed"], rows["predicted"], rows["weight"], rows["person_id"])
    with open_canvas() as (figure, (ax,)):
        plot_lift(compute_lift(*keys, shares=shares, n_bootstrap=N_BOOTSTRAP), ax)
        for at, (column, title) in enumerate(comparators.items()):
            lift = compute_lift(rows["observed"], rows[column], rows["weight"], shares=shares, n_bootstrap=0)["lift"]
            x = np.arange(len(shares)) + 0.36
            marker = COMPARATOR_MARKERS[at % len(COMPARATOR_MARKERS)]
            ax.plot(x, lift, marker=marker, color=(AMBER, INK, GREEN, RED)[at % 4], linestyle="none", label=title)
        if comparators:
            ax.legend(frameon=False, loc="upper right")
        _shrink(ax)
        return to_svg(figure, name)


def draw_beeswarm(contributions: pd.DataFrame, values: pd.DataFrame | None, name: str, *, n_features: int = 12) -> str:
    """Draw the contributions of the features that weigh most, one dot a member; the dots are one small picture.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, n_features)
        Contributions to the raw margin, one column a feature.
    values : pandas.DataFrame or None
        Feature values in the same rows, for the colour.
    name : str
        Name of the figure on the page.
    n_features : int, default 12
        Features shown.

    Returns
    -------
    str
        SVG.
    """
    weights = contributions.abs().mean().sort_values(ascending=False, kind="stable")
    shown = [feature for feature in weights.index[:n_features] if weights[feature] > 0] or list(weights.index[:1])
    jitter = np.random.default_rng(0).uniform(-0.32, 0.32, (len(shown), len(contributions)))
    with open_canvas(8.6, 0.8 + 0.3 * len(shown)) as (figure, (ax,)):
        ax.axvline(0, color=GREY, linewidth=1)
        for at, feature in enumerate(shown):
            rank = 0.5 if values is None or feature not in values else values[feature].rank(pct=True).fillna(0.5)
            colors = np.broadcast_to(rank, len(contributions))
            x = contributions[feature]
            ax.scatter(x, at + jitter[at], c=colors, cmap="coolwarm", vmin=0, vmax=1, s=3, lw=0, rasterized=True)
        ax.set_yticks(np.arange(len(shown)), shown)
        ax.set_ylim(len(shown) - 0.5, -0.5)
        ax.set_xlabel("Contribution to the raw score (blue: low value of the feature, red: high)")
        return to_svg(figure, name)


def _thousands(value: float) -> str:
    if abs(value) >= 10000:
        return f"{value / 1000:,.0f}k"
    return f"{value:,.0f}" if abs(value) >= 10 or value == 0 else f"{value:.2g}"


def _shrink(ax: Axes) -> None:
    """Set the labels of a figure from `evaluation` in the size of the page."""
    ax.tick_params(labelsize=9)
    ax.xaxis.label.set_size(9.5)
    ax.yaxis.label.set_size(9.5)
