"""A blank figure and how it becomes inline SVG: same bytes for the same picture, no link to anywhere."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLE: Final[dict[Any, Any]] = {
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#9aa5ae",
    "axes.labelcolor": "#22303c",
    "legend.fontsize": 8.5,
    "xtick.color": "#22303c",
    "ytick.color": "#22303c",
    "svg.fonttype": "none",
}
NO_METADATA: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
RED: Final = "#b5423a"
GREEN: Final = "#3c7d5a"
FONTS: Final = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"


@contextmanager
def open_canvas(width: float = 4.2, height: float = 3.3, columns: int = 1) -> Iterator[tuple[Figure, list[Axes]]]:
    """Open a figure in the house style, without any window or global state.

    Parameters
    ----------
    width, height : float
        Inches.
    columns : int, default 1
        Axes side by side.

    Yields
    ------
    tuple
        The figure and its axes.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, list(figure.subplots(1, columns, squeeze=False)[0])


def to_svg(figure: Figure, name: str) -> str:
    """Write a figure as an SVG element for the inside of an HTML page.

    Text stays text; ids carry the name of the figure, so that several figures fit on one page; the prologue, the
    metadata and the namespaces, which HTML does not need, are left out, and no address remains.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    name : str
        A name of its own on the page: letters, digits, hyphens and underscores.

    Returns
    -------
    str
        ``<svg ...>...</svg>``, also well-formed XML.
    """
    from matplotlib import rc_context

    buffer = io.StringIO()
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", metadata=NO_METADATA, transparent=True, dpi=110)
    text = buffer.getvalue()
    text = text[text.index("<svg") :].strip()
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text).replace("xlink:href", "href")
    text = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', text)
    text = re.sub(r"""(href="#|url\(#)""", rf"\g<1>{name}-", text)
    text = re.sub(r"(font: [\d.]+px )[^;\"]*", rf"\g<1>{FONTS}", text)
    return re.sub(r"<svg ", '<svg role="img" ', text, count=1)


def format_tick(value: float) -> str:
    """Write a tick of an axis shortly.

    Parameters
    ----------
    value : float
        Tick.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_tick(25000), format_tick(250), format_tick(0.25)
    ('25k', '250', '0.25')
    """
    if abs(value) >= 10000:
        return f"{value / 1000:,.0f}k"
    return f"{value:,.0f}" if abs(value) >= 10 or value == 0 else f"{value:.2g}"


def format_signed(value: float, _position: float = 0.0) -> str:
    """Write an amount shortly with its sign, also as the tick of an axis.

    Parameters
    ----------
    value : float
        Amount.
    _position : float, default 0.0
        Place on the axis, which matplotlib hands on.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_signed(25000), format_signed(0), format_signed(-250)
    ('+25k', '0', '−250')
    """
    return f"+{format_tick(value)}" if value > 0 else format_tick(value).replace("-", "−")


def format_share(value: float) -> str:
    """Write a tick of an axis of shares in percent, with a decimal only where it is needed.

    Parameters
    ----------
    value : float
        Fraction.

    Returns
    -------
    str
        Text.

    Examples
    --------
    >>> format_share(0.25), format_share(0.025)
    ('25%', '2.5%')
    """
    return f"{100 * value:.4g}%"


def set_label_size(ax: Axes) -> None:
    """Set the labels of axes that `evaluation` drew in the size of the page.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The axes, changed in place.
    """
    ax.tick_params(labelsize=9)
    ax.xaxis.label.set_fontsize(9.5)
    ax.yaxis.label.set_fontsize(9.5)
