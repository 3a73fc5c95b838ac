"""A blank figure and how it becomes inline SVG: same bytes for the same picture, no link to anywhere."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLE: Final[dict[str, object]] = {
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
    return re.sub(r'<svg ', '<svg role="img" ', text, count=1)
