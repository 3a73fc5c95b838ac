"""The section on the data: what was read, what was set aside, what had no place and how the money ties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from riskkit.report.blocks import Block, Cell, make_note, make_section, make_table
from riskkit.report.titles import sentence_case
from riskkit.report.verdict import total_rows
from riskkit.report.wording import MISSING, format_plain

Summary = Mapping[str, Any]


def make_data_section(summary: Summary) -> Block | None:
    """Make the section on what was read, what was set aside and how it ties.

    Parameters
    ----------
    summary : mapping
        The content of `summary.json`.

    Returns
    -------
    dict or None
        The section; None without an account of the data.
    """
    data = summary.get("data")
    if not data:
        return None
    counts = make_table(
        ["Records", "Read", "Accepted", "Set aside"], _count_rows(data), note="Records set aside lie in the quarantine."
    )
    hashes: list[list[Cell]] = [
        [table, {"text": str(sha), "tone": "code"}] for table, sha in (data.get("hashes") or {}).items()
    ]
    adapter = data.get("adapter") or {}
    blocks = [
        counts,
        *_make_adapter_tables(adapter),
        _make_pair_table("Reconciliation", data.get("reconciliation") or adapter.get("reconciliation")),
        *(make_note(str(note)) for note in adapter.get("notes") or ()),
        make_table(["Table", "SHA-256"], hashes, caption="Fingerprints of the tables", words=2) if hashes else None,
    ]
    return make_section("data", "Data read", blocks, lead="What came in, what was left out, and how the money ties.")


def _count_rows(data: Mapping[str, Any]) -> list[list[Cell]]:
    columns = [data.get(key) for key in ("rows_in", "accepted", "quarantined")]
    total: list[Cell] = ["All tables", *(format_plain(total_rows(column)) for column in columns)]
    if not isinstance(columns[0], Mapping):
        return [total]
    rows: list[list[Cell]] = []
    for table in columns[0]:
        rows.append([table, *(format_plain(c.get(table)) if isinstance(c, Mapping) else MISSING for c in columns)])
    return [*rows, total]


def _make_adapter_tables(adapter: Mapping[str, Any]) -> list[Block | None]:
    unmapped: list[list[Cell]] = [
        [str(item.get("what")), str(item.get("reason")), format_plain(item.get("count"))]
        for item in adapter.get("unmapped") or ()
    ]
    table = make_table(["What", "Why", "Values"], unmapped, caption="In the source, without a place here", words=2)
    files: list[list[Cell]] = [[str(name), format_plain(rows)] for name, rows in (adapter.get("rows_in") or {}).items()]
    read = make_table(["File", "Rows"], files, caption="Rows read from each source file")
    return [read if files else None, table if unmapped else None]


def _make_pair_table(caption: str, pairs: object) -> Block | None:
    if not isinstance(pairs, Mapping) or not pairs:
        return None
    rows: list[list[Cell]] = []
    for name, value in pairs.items():
        nested = value.items() if isinstance(value, Mapping) else [("", value)]
        rows += [[sentence_case(f"{name} {key}".strip().replace("_", " ")), format_plain(item)] for key, item in nested]
    return make_table(["Item", "Value"], rows, caption=caption)
