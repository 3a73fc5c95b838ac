"""Bands from last year's tiers to today's: one for each move, red upwards and green downwards."""

from __future__ import annotations

import re

import numpy as np

from riskkit.evaluation.plots import GREY, PALE
from riskkit.report.canvas import GREEN, RED
from riskkit.report.migration_figure import draw_migration

LAST, NOW = ("low", "high", "entered"), ("low", "high", "left", "died")


def count_bands(svg: str, color: str) -> int:
    """Bands are the shapes of a colour that are half transparent."""
    return len(re.findall(rf'style="fill: {color}; fill-opacity', svg))


def test_each_move_is_a_band_in_the_colour_of_its_direction() -> None:
    counts = np.array([[60, 20, 11, 0], [15, 40, 0, 12], [30, 0, 0, 0]])
    svg = draw_migration(counts, LAST, NOW, "moves")
    # the same tier twice, one rise, one fall; left, died and entered once each
    assert [count_bands(svg, color) for color in (GREY, RED, GREEN, PALE)] == [2, 1, 1, 3]
    for name in ("Low", "High", "Entered", "Left", "Died"):
        assert f">{name}<" in svg


def test_nobody_is_drawn_where_there_is_nobody() -> None:
    svg = draw_migration(np.array([[60, 0, 0, 0], [0, 40, 0, 0], [0, 0, 0, 0]]), LAST, NOW, "still")
    assert [count_bands(svg, color) for color in (GREY, RED, GREEN, PALE)] == [2, 0, 0, 0]
    assert ">Entered<" not in svg
    assert ">Died<" not in svg


def test_the_same_counts_give_the_same_picture() -> None:
    counts = np.array([[60, 20, 11, 0], [15, 40, 0, 12], [30, 0, 0, 0]])
    assert draw_migration(counts, LAST, NOW, "moves") == draw_migration(counts, LAST, NOW, "moves")
