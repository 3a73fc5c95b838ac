"""The listing of a catalogue: one line per feature for the command line, one table per group for the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from riskkit.features.catalogue import Catalogue

LISTED = ["name", "meaning", "unit", "group", "tables", "window", "direction", "policy"]
SIGNS = {1: "+", -1: "-", 0: ""}


def describe_features(catalogue: Catalogue) -> pd.DataFrame:
    """Describe each feature in words for people.

    Parameters
    ----------
    catalogue : Catalogue
        Features.

    Returns
    -------
    pandas.DataFrame of shape (n_features, 8)
        Text columns `name`, `meaning`, `unit`, `group`, `tables`, `window` (``365 d``, or ``all`` of the past, or
        empty for what is no event), `direction` (``+`` where more never means a lower risk, ``-`` the reverse) and
        `policy`.
    """
    frame = catalogue.to_frame()
    window = frame["window_days"].astype("str").add(" d").where(frame["window_days"].notna(), "all")
    window = window.where(frame["source"].ne("context"), "")
    direction = frame["direction"].map(SIGNS)
    return frame.assign(window=window, direction=direction)[LISTED].astype("str")


def list_features(catalogue: Catalogue) -> list[str]:
    """Write the catalogue as lines of aligned columns.

    Parameters
    ----------
    catalogue : Catalogue
        Features.

    Returns
    -------
    list of str
        A heading, then one line per feature; no trailing blanks.
    """
    described = describe_features(catalogue)
    columns = [[name, *described[name].tolist()] for name in LISTED]
    widths = [max(len(value) for value in column) for column in columns]
    padded = [[value.ljust(width) for value in column] for column, width in zip(columns, widths, strict=True)]
    return ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]


def render_features(catalogue: Catalogue) -> str:
    """Write the catalogue in Markdown, one table per group.

    Parameters
    ----------
    catalogue : Catalogue
        Features.

    Returns
    -------
    str
        Headings and tables, with a line break at the end.
    """
    described = describe_features(catalogue).assign(meaning_zh=catalogue.to_frame()["meaning_zh"])
    parts = []
    for group, rows in described.groupby("group", sort=False):
        shown = [name for name in LISTED if name != "group"]
        shown.insert(2, "meaning_zh")
        lines = [f"### {group}", "", "| " + " | ".join(shown) + " |", "|---" * len(shown) + "|"]
        lines += ["| " + " | ".join(_cell(row[name]) for name in shown) + " |" for _, row in rows.iterrows()]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _cell(value: str) -> str:
    return value.replace("|", "\\|")
