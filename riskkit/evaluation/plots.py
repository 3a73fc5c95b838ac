"""Figures of an evaluation: each takes the frame of its `compute_` function and returns the axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#22303c"
BLUE = "#1f6f9f"
AMBER = "#c8701a"
GREY = "#9aa5ae"
PALE = "#dfe6eb"


def plot_reliability(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Plot observed against predicted with its band, and where the members lie underneath.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `compute_reliability`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where absent.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.
    """
    ax = _make_axes(ax)
    top = float(np.nanmax(frame[["predicted", "observed", "high"]].to_numpy())) * 1.05
    ax.plot([0, top], [0, top], color=GREY, linewidth=1, linestyle=(0, (4, 3)), label="ideal")
    ax.fill_between(frame["predicted"], frame["low"], frame["high"], color=BLUE, alpha=0.18, linewidth=0)
    ax.plot(frame["predicted"], frame["observed"], color=BLUE, marker="o", markersize=4.5, label="observed, 95% band")
    _draw_density(ax, frame, top)
    ax.set(xlim=(0, top), ylim=(0, top), xlabel="Predicted", ylabel="Observed")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: _short(value))
    ax.legend(frameon=False, loc="upper left")
    return ax


def _draw_density(ax: Axes, frame: pd.DataFrame, top: float) -> None:
    """Members by prediction, as bars of at most an eighth of the height; each bin's bar covers its range."""
    edges = np.append(frame["lower"].to_numpy(), frame["upper"].iloc[-1])
    width = np.maximum(np.diff(edges), top * 1e-3)
    density = frame["weight"].to_numpy() / width
    ax.bar(edges[:-1], density / density.max() * top / 8, width=width, align="edge", color=PALE, zorder=0)


def plot_corp(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Plot the isotonic reliability curve with its band, and where the members lie underneath.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `compute_corp`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where absent.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, cut at the prediction below which 99.5% of the weight lies.
    """
    ax = _make_axes(ax)
    share = frame["weight"].cumsum() / frame["weight"].sum()
    shown = frame[share.shift(fill_value=0.0) < 0.995]
    top = float(np.nanmax(shown[["predicted", "observed", "high"]].to_numpy())) * 1.05 or 1.0
    ax.plot([0, top], [0, top], color=GREY, linewidth=1, linestyle=(0, (4, 3)), label="ideal")
    if shown["low"].notna().any():
        ax.fill_between(shown["predicted"], shown["low"], shown["high"], color=BLUE, alpha=0.18, linewidth=0)
    ax.plot(shown["predicted"], shown["observed"], color=BLUE, linewidth=2, label="isotonic, 95% band")
    edges = np.append(shown["predicted"].to_numpy(), top)
    _draw_density(ax, shown.assign(lower=edges[:-1], upper=edges[1:]), top)
    ax.set(xlim=(0, top), ylim=(0, top), xlabel="Predicted", ylabel="Observed")
    ax.legend(frameon=False, loc="upper left")
    return ax


def plot_net_benefit(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Plot the decision curve: the net benefit of acting on the model, on everyone and on nobody.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `compute_net_benefit`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where absent.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, from a little below 0 up.
    """
    ax = _make_axes(ax)
    ax.axhline(0, color=GREY, linewidth=1, linestyle=(0, (4, 3)), label="treat nobody")
    ax.plot(frame["threshold"], frame["treat_all"], color=AMBER, linewidth=1.2, label="treat everyone")
    if frame["low"].notna().any():
        ax.fill_between(frame["threshold"], frame["low"], frame["high"], color=BLUE, alpha=0.18, linewidth=0)
    ax.plot(frame["threshold"], frame["net_benefit"], color=BLUE, linewidth=2, label="model, 95% band")
    top = float(np.nanmax(frame[["net_benefit", "treat_all", "high"]].to_numpy())) * 1.1
    ax.set(ylim=(-top / 8, top), xlabel="Risk from which on one acts", ylabel="Net benefit a member")
    _as_percent(ax, "x")
    ax.legend(frameon=False, loc="upper right")
    return ax


def plot_gain(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Plot what part of the events or of the cost the highest predictions hold.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `compute_gain`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where absent.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.
    """
    ax = _make_axes(ax)
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=(0, (4, 3)), label="no ranking")
    ax.plot(frame["share"], frame["ideal"], color=AMBER, linewidth=1.2, label="perfect ranking")
    ax.plot(frame["share"], frame["capture"], color=BLUE, linewidth=2, label="model")
    ax.set(xlim=(0, 1), ylim=(0, 1.01), xlabel="Share of members, highest prediction first", ylabel="Share captured")
    _as_percent(ax, "x")
    _as_percent(ax, "y")
    ax.legend(frameon=False, loc="lower right")
    return ax


def plot_lift(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Plot how many times the average the highest predictions hold.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `compute_lift`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where absent.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.
    """
    ax = _make_axes(ax)
    at = np.arange(len(frame))
    ax.bar(at, frame["lift"], color=BLUE, width=0.55)
    _draw_errors(ax, at, frame["lift"], (frame["low"] / frame["share"], frame["high"] / frame["share"]))
    highest = np.fmax(frame["lift"], frame["high"] / frame["share"])
    for x, (lift, high) in enumerate(zip(frame["lift"], highest, strict=True)):
        ax.annotate(f"{lift:.1f}", (x, high), xytext=(0, 3), textcoords="offset points", ha="center", color=INK)
    ax.axhline(1, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    ax.set_xticks(at, [f"top {share:.0%}" for share in frame["share"]])
    ax.set(ylim=(0, float(np.nanmax(highest)) * 1.15), ylabel="Lift (1 = average member)")
    return ax


def plot_predictive_ratio(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Plot predicted over observed by bin of the prediction, with intervals.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `compute_reliability`, or `bin` renamed from groups.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where absent.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.
    """
    ax = _make_axes(ax)
    ratio = frame["predictive_ratio"]
    ax.axhline(1, color=GREY, linewidth=1, linestyle=(0, (4, 3)))
    _draw_errors(ax, frame["bin"], ratio, (frame["predictive_ratio_low"], frame["predictive_ratio_high"]))
    ax.plot(frame["bin"], ratio, color=BLUE, marker="o", markersize=5.5, linestyle="none")
    ax.set_xticks(frame["bin"])
    # A thin bin's interval may reach very far; the axis follows the ratios.
    ax.set(ylim=(0, max(2.0, 1.5 * float(np.nanmax(ratio)))))
    ax.set(xlabel="Bin of the prediction, lowest first", ylabel="Predicted / observed")
    return ax


def plot_distribution(frame: pd.DataFrame, ax: Axes | None = None, *, label: str = "Rate per member year") -> Axes:
    """Plot the spread of rates or scores with mean and median.

    Parameters
    ----------
    frame : pandas.DataFrame
        From `compute_distribution`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where absent.
    label : str
        Name of the values, with their unit.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.
    """
    ax = _make_axes(ax)
    ax.bar(frame["lower"], frame["share"], width=frame["upper"] - frame["lower"], align="edge", color=BLUE, alpha=0.75)
    for name, color in (("median", INK), ("mean", AMBER)):
        value = float(frame[name].iloc[0])
        ax.axvline(value, color=color, linewidth=1.5, label=f"{name} {_short(value)}")
    ax.set(xlabel=f"{label} (last bar: all above)", ylabel="Share of members")
    ax.xaxis.set_major_formatter(lambda value, _: _short(value))
    _as_percent(ax, "y")
    ax.legend(frameon=False)
    return ax


def _make_axes(ax: Axes | None) -> Axes:
    from matplotlib.figure import Figure

    if ax is None:
        ax = Figure(figsize=(6.0, 4.0), layout="constrained").subplots()
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(GREY)
    ax.tick_params(colors=INK, labelsize=10)
    ax.xaxis.label.set(color=INK, size=11)
    ax.yaxis.label.set(color=INK, size=11)
    return ax


def _draw_errors(
    ax: Axes, at: pd.Series[int] | np.ndarray, value: pd.Series[float], ends: tuple[pd.Series[float], pd.Series[float]]
) -> None:
    below, above = (value - ends[0]).clip(lower=0), (ends[1] - value).clip(lower=0)
    ax.errorbar(at, value, yerr=np.vstack([below, above]), fmt="none", ecolor=INK, elinewidth=1.2, capsize=3)


def _as_percent(ax: Axes, axis: str) -> None:
    chosen = ax.xaxis if axis == "x" else ax.yaxis
    chosen.set_major_formatter(lambda value, _: f"{round(value * 100, 1):g}%")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3g}"
