"""The figure of migration: bands from last year's tiers to today's, as wide as the members who move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from riskkit.evaluation.plots import BLUE, GREY, INK, PALE
from riskkit.report.canvas import GREEN, RED, open_canvas, to_svg
from riskkit.report.titles import sentence_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

NOT_TIERS: Final = frozenset({"entered", "left", "died", "unassessed"})
ALPHA: Final = {RED: 0.55, GREEN: 0.55, GREY: 0.45, PALE: 0.85}
BAR: Final = 0.02
GAP: Final = 0.05


def draw_migration(counts: NDArray[np.int64], last: Sequence[str], now: Sequence[str], name: str) -> str:
    """Draw the members who move from each last tier to each tier.

    Parameters
    ----------
    counts : numpy.ndarray of shape (n_last, n_now)
        Members; cells that must not be shown are 0, so that neither band nor bar tells them.
    last, now : sequence of str
        Names of the rows and columns, the lowest tier first; shown from the highest down.
    name : str
        Name of the figure on the page.

    Returns
    -------
    str
        SVG.
    """
    rows, columns = _order(last), _order(now)
    table = counts[np.ix_(rows, columns)].astype(np.float64)
    titles = ([last[at] for at in rows], [now[at] for at in columns])
    gap = GAP * max(table.sum(), 1.0)
    starts = (_stack(table.sum(axis=1), gap), _stack(table.sum(axis=0), gap))
    with open_canvas(10.6, 4.2) as (figure, (ax,)):
        left, right = starts[0].copy(), starts[1].copy()
        for row, first in enumerate(titles[0]):
            for column, second in enumerate(titles[1]):
                size = table[row, column]
                if size:
                    _draw_band(ax, (left[row], right[column]), size, _color(first, second, last))
                left[row] += size
                right[column] += size
        _draw_bars(ax, 0.0, starts[0], table.sum(axis=1), titles[0])
        _draw_bars(ax, 1.0, starts[1], table.sum(axis=0), titles[1])
        ax.set_xlim(-0.22, 1.22)
        ax.invert_yaxis()
        ax.axis("off")
        return to_svg(figure, name)


def _order(names: Sequence[str]) -> list[int]:
    """Order the places from the highest tier down, and then who came or went."""
    tiers = [at for at, name in enumerate(names) if name not in NOT_TIERS]
    return [*reversed(tiers), *(at for at, name in enumerate(names) if name in NOT_TIERS)]


def _stack(sizes: NDArray[np.float64], gap: float) -> NDArray[np.float64]:
    """Return where each bar begins, one below the other."""
    ends = np.cumsum(sizes + gap)
    return np.concatenate([[0.0], ends[:-1]])


def _color(first: str, second: str, tiers: Sequence[str]) -> str:
    if first in NOT_TIERS or second in NOT_TIERS or first not in tiers or second not in tiers:
        return PALE
    step = tiers.index(second) - tiers.index(first)
    return RED if step > 0 else GREEN if step < 0 else GREY


def _draw_band(ax: Axes, starts: tuple[float, float], size: float, color: str) -> None:
    """Draw one band, level at both ends."""
    x = np.linspace(0.0, 1.0, 40)
    top = starts[0] + (starts[1] - starts[0]) * (3 * x**2 - 2 * x**3)
    ax.fill_between(BAR + x * (1 - 2 * BAR), top, top + size, color=color, alpha=ALPHA[color], linewidth=0)


def _draw_bars(
    ax: Axes, place: float, starts: NDArray[np.float64], sizes: NDArray[np.float64], names: Sequence[str]
) -> None:
    """Draw the bars of one year with their names and members outside."""
    side = 1 if place else -1
    for start, size, name in zip(starts, sizes, names, strict=True):
        if not size:
            continue
        low = place - BAR if place else place
        ax.bar(low, size, width=BAR, bottom=start, align="edge", color=GREY if name in NOT_TIERS else BLUE)
        at = (place + side * BAR, start + size / 2)
        ax.annotate(
            sentence_case(name),
            at,
            ha="left" if place else "right",
            va="center",
            color=INK,
        )
