"""Drawings are the same bytes each time and carry no address."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from riskkit.report.canvas import open_canvas, to_svg


def draw(name: str) -> str:
    with open_canvas() as (figure, (ax,)):
        ax.plot([0, 1], [0, 1], label="a <b> & c")
        ax.scatter([0, 1], [1, 0], rasterized=True)
        ax.legend()
        return to_svg(figure, name)


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert draw("one") == draw("one")


def test_a_drawing_is_well_formed_and_names_no_address() -> None:
    svg = draw("one")
    assert ElementTree.fromstring(svg).tag == "svg"  # noqa: S314  (our own text)
    assert "http" not in svg
    assert "<metadata" not in svg


def test_text_stays_text_and_is_escaped() -> None:
    assert "a &lt;b&gt; &amp; c" in draw("one")


def test_ids_of_two_drawings_never_meet() -> None:
    one, two = (set(re.findall(r'\bid="([^"]+)"', draw(name))) for name in ("one", "two"))
    assert one
    assert not one & two


def test_every_reference_points_to_an_id_of_its_own() -> None:
    svg = draw("one")
    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= ids
