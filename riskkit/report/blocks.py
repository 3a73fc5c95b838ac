"""The pieces a page is made of, as plain values: sections, tables, figures and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Block = dict[str, Any]
Cell = str | Mapping[str, str]


def make_section(identifier: str, title: str, blocks: Sequence[Block | None], *, lead: str = "") -> Block:
    """Put blocks under a heading; absent blocks are left out.

    Parameters
    ----------
    identifier : str
        Anchor on the page.
    title : str
        Heading.
    blocks : sequence of dict or None
        What `make_table`, `make_figure`, `make_gallery` and `make_note` returned.
    lead : str, default ""
        The sentence that says what to see here.

    Returns
    -------
    dict
        `id`, `title`, `lead`, `blocks`.
    """
    return {"id": identifier, "title": title, "lead": lead, "blocks": [block for block in blocks if block]}


def make_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    caption: str = "",
    note: str = "",
    words: int = 1,
    dense: bool = False,
) -> Block:
    """Make a table; a cell is text, or a mapping with `text` and optionally `sub` (small print) and `tone`.

    Parameters
    ----------
    columns : sequence of str
        Titles.
    rows : sequence of sequence of str or mapping
        Cells, as many as columns.
    caption, note : str, default ""
        Above and below the table.
    words : int, default 1
        Leading columns that hold words and are set flush left; the others hold figures.
    dense : bool, default False
        Set the small print beside its figure, for a table of many rows.

    Returns
    -------
    dict
        The block.

    Examples
    --------
    >>> make_table(["Members"], [["120"]])["rows"]
    [[{'text': '120', 'sub': '', 'tone': ''}]]
    """
    empty = {"text": "", "sub": "", "tone": ""}
    cells = [[empty | ({"text": cell} if isinstance(cell, str) else dict(cell)) for cell in row] for row in rows]
    return {
        "kind": "table",
        "caption": caption,
        "columns": list(columns),
        "rows": cells,
        "note": note,
        "words": words,
        "dense": dense,
    }


def make_figure(svg: str, title: str, caption: str) -> Block:
    """Make a figure.

    Parameters
    ----------
    svg : str
        The drawing.
    title : str
        What the figure is, above it and for readers who cannot see it.
    caption : str
        How to read it.

    Returns
    -------
    dict
        The block.
    """
    return {"kind": "figure", "svg": svg, "title": title, "caption": caption}


def make_gallery(figures: Sequence[Block | None]) -> Block | None:
    """Set figures side by side.

    Parameters
    ----------
    figures : sequence of dict or None
        What `make_figure` returned; absent ones are left out.

    Returns
    -------
    dict or None
        The block; None without a figure.
    """
    kept = [figure for figure in figures if figure]
    return {"kind": "gallery", "figures": kept} if kept else None


def make_note(text: str, tone: str = "plain") -> Block:
    """Make a paragraph.

    Parameters
    ----------
    text : str
        Words.
    tone : {"plain", "good", "warn", "bad"}, default "plain"
        Whether it is set off as a message.

    Returns
    -------
    dict
        The block.
    """
    return {"kind": "note", "text": text, "tone": tone}
