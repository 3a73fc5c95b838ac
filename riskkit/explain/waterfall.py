"""The waterfall of one prediction, drawn by shap: in its own unit, the features said as in the reasons."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np

from riskkit.errors import DataContractError
from riskkit.explain.contributions import FloatArray, split_frame
from riskkit.explain.plots import INK, LABEL_SIZE, LABEL_WIDTH, LOWERS, RAISES, check_rows, open_drawing
from riskkit.explain.wording import Quantity, raise_first, write_value

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS = 10
WHITE = "#ffffff"
UNBROKEN = "\N{NO-BREAK SPACE}"
SHAFT, MOST_DECIMALS = 1e-6, 6
WIDTH, ROW_HEIGHT, ROOM_AROUND = 10.5, 0.5, 1.7
"""Inches: of the figure, of a bar, and of the axis and both levels together."""
LEFT, RIGHT = 0.40, 0.97
MARGIN, HEAD = 0.12, 0.012
"""Parts of the axis: left free on either side, where amounts stand that no bar has room for; head of an arrow."""


def plot_waterfall(
    contributions: pd.DataFrame,
    features: pd.DataFrame,
    catalogue: pd.DataFrame,
    quantity: Quantity,
    *,
    row: int = 0,
    max_features: int = MOST_BARS,
) -> Figure:
    """Plot how one member's prediction builds up from the base value; the person identifier does not appear.

    Parameters
    ----------
    contributions : pandas.DataFrame of shape (n_rows, 3 + n_features)
        From `rescale_to_probability` or `rescale_to_amount`.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        Values of the same rows in the same order.
    catalogue : pandas.DataFrame of shape (n_catalogue, n_columns)
        `name`, `meaning`, `unit`, `group`.
    quantity : Quantity
        What the contributions are amounts of.
    row : int, default 0
        Position of the member.
    max_features : int, default 10
        Bars; where there are more features, the last bar adds the weakest up.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, known to no window manager.

    Raises
    ------
    DataContractError
        If rows do not match, there is no such row or a feature is not in the catalogue.
    """
    if not 0 <= row < len(contributions):
        message = f"waterfall: row {row} of {len(contributions)} rows does not exist. Pass a position from 0."
        raise DataContractError(message)
    names, base, phi = split_frame(contributions.iloc[row : row + 1])
    labels = _write_labels(features.iloc[row : row + 1], catalogue, quantity, names)
    amounts, start = phi[0] * quantity.scale, float(base[0] * quantity.scale)
    bars = min(max_features, len(names))
    with open_drawing(layout=None) as (shap, figure):
        explanation = shap.Explanation(amounts, base_values=start, feature_names=labels)
        figure.subplots_adjust(left=LEFT, right=RIGHT)
        shap.plots.waterfall(explanation, max_display=max_features, show=False)
        figure.set_size_inches(WIDTH, ROW_HEIGHT * bars + ROOM_AROUND)
        by_row = _add_weakest(amounts, bars)
        _say_amounts(figure.axes[0], by_row, quantity)
        _point_arrows(figure.axes[0], by_row)
        _say_features(figure.axes[0], bars)
        _say_levels(figure.axes, {"Base value": start, "Prediction": start + float(amounts.sum())}, quantity)
    return figure


def _write_labels(features: pd.DataFrame, catalogue: pd.DataFrame, quantity: Quantity, names: list[str]) -> list[str]:
    check_rows(features, catalogue, names, len(features))
    known = catalogue.set_index("name")
    labels = []
    for name in names:
        value = write_value(float(features[name].iloc[0]), str(known.loc[name, "unit"]), quantity)[0]
        whole = f"{raise_first(str(known.loc[name, 'meaning']))}: {value.replace(' ', UNBROKEN)}"
        labels.append(textwrap.fill(whole, LABEL_WIDTH).replace(UNBROKEN, " "))
    return labels


def _add_weakest(amounts: FloatArray, bars: int) -> FloatArray:
    """List the amounts of the bars from below, the weakest added up where there are more features than bars."""
    order = np.argsort(-np.abs(amounts))
    shown = amounts[order[:bars]]
    if bars < len(amounts):
        shown[-1] = amounts[order[bars - 1 :]].sum()
    return shown[::-1]


def _say_amounts(ax: Axes, amounts: FloatArray, quantity: Quantity) -> None:
    """Write the amounts as the reasons do, in the colours of the other figures.

    shap writes two decimals and no thousands whatever the unit; white stays white, where a bar has room for its amount.
    """
    from matplotlib.colors import to_hex

    for text in ax.texts:
        row = round(text.get_position()[1])
        sign, color = ("\N{MINUS SIGN}", LOWERS) if amounts[row] < 0 else ("+", RAISES)
        said = sign + quantity.write_amount(float(amounts[row]) / quantity.scale)
        inside = to_hex(text.get_color()) == WHITE
        text.set(text=said, fontsize=LABEL_SIZE, color=WHITE if inside else color)


def _point_arrows(ax: Axes, amounts: FloatArray) -> None:
    """Colour the arrows and let the short ones point their own way: shap turns one shorter than its head round."""
    from matplotlib.patches import FancyArrow

    low, high = ax.get_xlim()
    for arrow in ax.patches:
        if isinstance(arrow, FancyArrow):
            amount = float(amounts[round(float(arrow.get_xy()[:, 1].mean()))])
            head = min(abs(amount) * (1 - SHAFT), HEAD * (high - low))
            arrow.set_data(dx=np.copysign(abs(amount) - head, amount), head_length=head)
            arrow.set_color(LOWERS if amount < 0 else RAISES)


def _say_features(ax: Axes, bars: int) -> None:
    """Keep one label a bar: shap writes each twice, to tell a value from its name by colour."""
    labels = [label.get_text() for label in ax.get_yticklabels()[:bars]]
    ax.set_yticks(range(bars), labels, fontsize=LABEL_SIZE, color=INK)
    ax.set_ylim(-0.6, bars - 0.4)


def _say_levels(axes: list[Axes], levels: dict[str, float], quantity: Quantity) -> None:
    """Name base value and prediction on the two axes that shap has for them, and the unit below."""
    ax, *others = axes
    low, high = ax.get_xlim()
    room = MARGIN * (high - low)
    unit = quantity.level_unit or quantity.unit
    decimals = _find_decimals(list(levels.values()), quantity)
    for each in axes:
        each.set_xlim(low - room, high + room)
    for each, (name, level), above in zip(others, levels.items(), ("\n", ""), strict=True):
        shown = f"{above}{name} {level:,.{decimals}f} {unit}"
        each.set_xticks([level], [shown], fontsize=LABEL_SIZE, color=INK, ha="center")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    ax.tick_params(axis="x", labelsize=LABEL_SIZE, labelcolor=INK)
    ax.set_xlabel(f"{raise_first(quantity.name)} ({unit})", fontsize=LABEL_SIZE, color=INK, labelpad=18)


def _find_decimals(levels: list[float], quantity: Quantity) -> int:
    """Find the decimals that tell base value and prediction apart, no fewer than those of the quantity."""
    span = abs(levels[1] - levels[0])
    return quantity.digits if span == 0 else min(max(quantity.digits, math.ceil(-math.log10(span))), MOST_DECIMALS)
