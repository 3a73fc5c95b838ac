"""The window is both clocks and the look-back, and the only place in the package that compares dates."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlglot import exp

import riskkit.features
from riskkit.data.engine import fetch_rows, open_engine
from riskkit.features.window import age_days, bucket, visible

FOLDER = Path(riskkit.features.__file__).parent
CLOCKS = {"index_date", "as_of_date", "available_date", "event_date"}


def _ask(
    value: exp.Expr, *, event: str, available: str, index: str = "2024-01-01", as_of: str = "2024-01-01"
) -> object:
    def day(text: str, name: str) -> exp.Expr:
        return exp.alias_(exp.cast(exp.convert(text), "DATE"), name)

    spine = exp.select(day(index, "index_date"), day(as_of, "as_of_date")).subquery("s")
    events = exp.select(day(event, "event_date"), day(available, "available_date")).subquery("e")
    with open_engine() as engine:
        return fetch_rows(engine, exp.select(value).from_(spine).join(events, join_type="cross"))[0][0]


@pytest.mark.parametrize(
    ("event", "available", "seen"),
    [
        ("2023-12-31", "2023-12-31", True),
        ("2023-12-31", "2024-01-01", True),
        ("2023-12-31", "2024-01-02", False),
        ("2024-01-01", "2024-01-01", False),
        ("2023-10-03", "2023-10-03", True),
        ("2023-10-02", "2023-10-02", False),
    ],
)
def test_an_event_is_visible_before_the_index_date_once_known_and_not_too_old(
    event: str, available: str, seen: bool
) -> None:
    assert _ask(visible(90), event=event, available=available) is seen


def test_without_a_look_back_all_of_the_past_is_visible() -> None:
    assert _ask(visible(None), event="1950-01-01", available="1950-01-01") is True
    assert "DATEDIFF" not in visible(None).sql("duckdb").upper().replace("_", "")


def test_an_unknown_clock_is_not_visible() -> None:
    condition = visible(90).transform(
        lambda node: exp.null() if isinstance(node, exp.Column) and node.name == "available_date" else node
    )
    assert _ask(condition, event="2023-12-31", available="2023-12-31") is None


def test_age_counts_days_to_the_index_date() -> None:
    # February 2024 has 29 days: from the 1st to 1 March is 29
    assert _ask(age_days(), event="2024-02-01", available="2024-02-01", index="2024-03-01") == 29


@pytest.mark.parametrize(
    ("windows", "days", "number"),
    [
        ([90, 365], 1, 0),
        ([90, 365], 90, 0),
        ([90, 365], 91, 1),
        ([90, 365, None], 366, 2),
        ([None], 5000, 0),
    ],
)
def test_a_bucket_is_the_narrowest_window_that_holds_the_event(
    windows: list[int | None], days: int, number: int
) -> None:
    with open_engine() as engine:
        assert fetch_rows(engine, exp.select(bucket(windows, exp.convert(days)))) == [(number,)]


# The audit cuts by comparisons of its own, so that it does not rest on the window that it audits.
COMPARING = ("window.py", "audit.py")


@pytest.mark.parametrize("module", sorted(path.name for path in FOLDER.glob("*.py") if path.name not in COMPARING))
def test_no_other_module_compares_a_clock(module: str) -> None:
    tree = ast.parse((FOLDER / module).read_text(encoding="utf-8"))
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare | ast.Call)]
    for node in compared:
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") not in {"LT", "LTE", "GT", "GTE", "Between"}:
            continue
        named = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
        assert not named & CLOCKS, f"{module} compares {named & CLOCKS}"
