"""The table by group shows what is off and withholds small cells."""

from __future__ import annotations

from typing import Any

from riskkit.report.group_section import make_group_table


def _row(group: str, metric: str, value: float | None, half: float = 0.05, **more: Any) -> dict[str, Any]:
    ends = {"low": None, "high": None} if value is None else {"low": value - half, "high": value + half}
    entry = {"grouping": "sex", "group": group, "n_persons": 500.0, "suppressed": value is None}
    return {**entry, "metric": metric, "value": value, **ends, **more}


def test_an_interval_that_leaves_out_one_is_marked() -> None:
    rows = [_row("female", "oe_ratio", 1.2), _row("male", "oe_ratio", 1.02)]
    table = make_group_table({"kind": "binary", "by_group": rows})
    assert table is not None
    assert [row[3]["tone"] for row in table["rows"]] == ["warn", ""]
    assert [row[0]["text"] for row in table["rows"]] == ["Sex", ""]


def test_a_small_group_shows_neither_number_nor_figure() -> None:
    table = make_group_table({"kind": "cost", "by_group": [_row("male", "r2", None, n_persons=None)]})
    assert table is not None
    assert [cell["text"] for cell in table["rows"][0]] == ["Sex", "male", "<11", "–", "–", "–"]


def test_a_group_with_few_events_shows_its_number() -> None:
    table = make_group_table({"kind": "binary", "by_group": [_row("male", "auroc", None)]})
    assert table is not None
    assert table["rows"][0][2]["text"] == "500"


def test_without_groups_there_is_no_table() -> None:
    assert make_group_table({"kind": "binary"}) is None
