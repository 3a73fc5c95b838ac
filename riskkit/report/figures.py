"""Figures of one model, each from its frame to inline SVG: calibration, predictive ratio, lift, drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from riskkit.evaluation.corp import compute_corp
from riskkit.evaluation.lift import compute_lift
from riskkit.evaluation.plots import (
    AMBER,
    INK,
    plot_corp,
    plot_lift,
    plot_net_benefit,
    plot_predictive_ratio,
    plot_reliability,
)
from riskkit.report.canvas import GREEN, RED, format_share, format_tick, open_canvas, set_label_size, to_svg
from riskkit.report.wording import SMALLEST_CELL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


N_BOOTSTRAP: Final = 200
LIFT_SHARES: Final = (0.01, 0.05, 0.1, 0.2)
COMPARATOR_LOOKS: Final = (("D", AMBER), ("s", INK), ("^", GREEN), ("v", RED))


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
            axis.set_major_formatter(lambda value, _: format_share(value) if binary else format_tick(value))
        set_label_size(ax)
        return to_svg(figure, name)


def draw_corp(rows: pd.DataFrame, name: str) -> str:
    """Draw the isotonic reliability curve of probabilities.

    Parameters
    ----------
    rows : pandas.DataFrame
        `person_id`, `observed` (0/1), `predicted` and `weight`.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    keys = (rows["observed"], rows["predicted"], rows["weight"], rows["person_id"])
    with open_canvas() as (figure, (ax,)):
        plot_corp(compute_corp(*keys, n_bootstrap=N_BOOTSTRAP), ax)
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda value, _: format_share(value))
        set_label_size(ax)
        return to_svg(figure, name)


def draw_decisions(rows: Sequence[Mapping[str, float]], name: str) -> str:
    """Draw the decision curve.

    Parameters
    ----------
    rows : sequence of mapping
        `threshold`, `net_benefit`, `treat_all`, `low` and `high`, as in `summary.json`.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    with open_canvas() as (figure, (ax,)):
        plot_net_benefit(pd.DataFrame(list(rows)).astype("float64"), ax)
        set_label_size(ax)
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
        set_label_size(ax)
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
            marker, color = COMPARATOR_LOOKS[at % len(COMPARATOR_LOOKS)]
            ax.plot(x, lift, marker=marker, color=color, markersize=4.5, linestyle="none", label=title)
        if comparators:
            ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(-0.02, 0.99), ncols=2, columnspacing=1.0)
        set_label_size(ax)
        return to_svg(figure, name)


def draw_beeswarm(
    contributions: pd.DataFrame, values: pd.DataFrame, catalogue: pd.DataFrame | None, label: str, name: str
) -> str:
    """Draw the contributions of the features that weigh most, one dot a member; the dots are one small picture.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, n_features + 1)
        Contributions, one column a feature, and `base_value`; keys are not needed.
    values : pandas.DataFrame of shape (n_rows, n_columns)
        Feature values in the same rows, for the colour.
    catalogue : pandas.DataFrame or None
        `name`, `meaning`, `group` of the features; without it features go by their names.
    label : str
        What the contributions are, with their unit.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    from riskkit.explain.plots import plot_beeswarm

    keyed = contributions.assign(**{key: "" for key in ("person_id", "index_date") if key not in contributions})
    if catalogue is None:
        names = [str(column) for column in keyed if column not in {"person_id", "index_date", "base_value"}]
        meanings = [column.replace("_", " ") for column in names]
        catalogue = pd.DataFrame({"name": names, "meaning": meanings, "unit": "", "group": "feature"})
    with open_canvas():
        figure = plot_beeswarm(keyed, values, catalogue, max_features=12, label=label)
        for ax in figure.axes[:1]:
            for dots in ax.collections:
                dots.set_rasterized(True)
        return to_svg(figure, name)
