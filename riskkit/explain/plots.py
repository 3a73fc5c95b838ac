"""Figures of explanations of all members at once, drawn by shap."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from riskkit.errors import DataContractError
from riskkit.explain.contributions import find_groups, split_frame
from riskkit.explain.wording import Quantity, get_unit_words, raise_first

if TYPE_CHECKING:
    from types import ModuleType

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

MOST_ROWS = 2_000
LABEL_SIZE = 10
LABEL_WIDTH = 44
SEED = 0
INK = "#22303c"
RAISES, LOWERS = "#c8701a", "#1f6f9f"


def plot_beeswarm(
    contributions: pd.DataFrame,
    features: pd.DataFrame,
    catalogue: pd.DataFrame,
    *,
    max_features: int = 15,
    label: str = "Contribution to the margin",
) -> Figure:
    """Plot the contributions of the strongest features over the members; person identifiers never appear.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        From `compute_contributions`, or rescaled. Of more than 2,000 rows an even choice is drawn.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        Values of the same rows in the same order.
    catalogue : pandas.DataFrame of shape (n_catalogue, n_columns)
        `name`, `meaning`, `group`.
    max_features : int, default 15
        Features drawn by name; the others are added up.
    label : str
        What the contributions are, with their unit.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, known to no window manager.

    Raises
    ------
    DataContractError
        If rows do not match or a feature is not in the catalogue.
    """
    step = max(1, -(-len(contributions) // MOST_ROWS))
    names, base, phi = split_frame(contributions.iloc[::step])
    chosen = features.iloc[::step]
    check_rows(chosen, catalogue, names, len(phi))
    known = catalogue.set_index("name")["meaning"]
    meanings = [textwrap.fill(raise_first(str(known[name])), LABEL_WIDTH) for name in names]
    values = chosen[names].to_numpy(dtype=np.float64)
    with open_drawing() as (shap, figure):
        explanation = shap.Explanation(phi, base_values=base, data=values, feature_names=meanings)
        ax = figure.subplots()
        shap.plots.beeswarm(explanation, max_display=max_features, ax=ax, plot_size=None, show=False)
        ax.set_xlabel(label, fontsize=LABEL_SIZE)
        ax.tick_params(labelsize=LABEL_SIZE)
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
        figure.set_size_inches(9.0, 1.2 + 0.42 * min(max_features, len(names)))
    return figure


def plot_dependence(
    contributions: pd.DataFrame,
    features: pd.DataFrame,
    catalogue: pd.DataFrame,
    quantity: Quantity,
    *,
    n_features: int = 6,
) -> Figure:
    """Plot each of the strongest features against its contribution; person identifiers never appear.

    Missing values stand as dashes at the left edge.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        From `rescale_to_probability` or `rescale_to_amount`. Of more than 2,000 rows an even choice is drawn.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        Values of the same rows in the same order.
    catalogue : pandas.DataFrame of shape (n_catalogue, n_columns)
        `name`, `meaning`, `unit`, `group`.
    quantity : Quantity
        What the contributions are amounts of.
    n_features : int, default 6
        Features drawn, the strongest first.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, known to no window manager.

    Raises
    ------
    DataContractError
        If rows do not match or a feature is not in the catalogue.
    """
    step = max(1, -(-len(contributions) // MOST_ROWS))
    names, base, phi = split_frame(contributions.iloc[::step])
    chosen = features.iloc[::step]
    check_rows(chosen, catalogue, names, len(phi))
    strongest = np.argsort(-np.abs(phi).mean(axis=0), kind="stable")[:n_features].tolist()
    columns = min(3, len(strongest))
    rows = -(-len(strongest) // columns)
    with open_drawing() as (shap, figure):
        values = chosen[names].to_numpy(dtype=np.float64)
        explanation = shap.Explanation(phi * quantity.scale, base_values=base, data=values, feature_names=names)
        axes = np.atleast_1d(figure.subplots(rows, columns)).ravel()
        for ax, index in zip(axes, strongest, strict=False):
            shap.plots.scatter(
                explanation[:, index], ax=ax, show=False, color=LOWERS, hist=False, dot_size=8, alpha=0.5
            )
            _label_panel(ax, catalogue.set_index("name").loc[names[index]], quantity)
        for ax in axes[len(strongest) :]:
            ax.set_visible(False)
        label = textwrap.fill(f"Contribution to {quantity.name} ({quantity.unit})", LABEL_WIDTH)
        figure.supylabel(label, fontsize=LABEL_SIZE, color=INK)
        figure.set_size_inches(3.9 * columns, 3.1 * rows)
    return figure


def _label_panel(ax: Axes, feature: pd.Series, quantity: Quantity) -> None:
    unit = get_unit_words(str(feature["unit"]), quantity)[0]
    words = raise_first(str(feature["meaning"])) + (f" ({unit})" if unit else "")
    ax.set_xlabel(textwrap.fill(words, LABEL_WIDTH), fontsize=LABEL_SIZE)
    ax.set_ylabel("")
    ax.tick_params(labelsize=LABEL_SIZE - 1)
    ax.xaxis.set_major_locator(_find_ticks(ax))
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")


def _find_ticks(ax: Axes) -> Locator:
    from matplotlib.ticker import MaxNLocator

    low, high = ax.get_xlim()
    return MaxNLocator(5, integer=high - low > 1)


def check_rows(features: pd.DataFrame, catalogue: pd.DataFrame, names: list[str], n_rows: int) -> None:
    """Refuse features that are not those of the contributions.

    Parameters
    ----------
    features : pandas.DataFrame
        Values of the rows.
    catalogue : pandas.DataFrame
        The features in words.
    names : list of str
        Features that are explained.
    n_rows : int
        Rows that are explained.

    Raises
    ------
    DataContractError
        If rows do not match or a feature is absent from the features or the catalogue.
    """
    find_groups(names, catalogue)
    absent = [name for name in names if name not in features]
    if absent or len(features) != n_rows:
        message = (
            f"explanation: {n_rows} rows of contributions, {len(features)} of features, absent "
            f"{', '.join(absent) or 'none'}. Pass the frame that was explained."
        )
        raise DataContractError(message)


@contextmanager
def open_drawing(layout: Literal["constrained"] | None = "constrained") -> Iterator[tuple[ModuleType, Figure]]:
    """Give shap a figure of pyplot, which it insists on, and its own random numbers; take both away again.

    Parameters
    ----------
    layout : {"constrained"} or None, default "constrained"
        Layout of the figure; None where the caller places the axes.

    Yields
    ------
    tuple
        The module shap and the figure.
    """
    import matplotlib.pyplot as plt

    state = np.random.get_state()  # noqa: NPY002  (shap spreads points with numpy's global generator)
    np.random.seed(SEED)  # noqa: NPY002
    with _quiet():
        import shap

        figure = plt.figure(layout=layout)
        try:
            yield shap, figure
        finally:
            plt.close(figure)
            np.random.set_state(state)  # noqa: NPY002


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep shap's calls of deprecated matplotlib and numpy functions to itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=PendingDeprecationWarning)
        warnings.simplefilter("ignore", category=DeprecationWarning)
        warnings.simplefilter("ignore", category=FutureWarning)
        yield
