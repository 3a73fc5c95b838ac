"""Spans that overlap, touch or lie a gap apart."""

from __future__ import annotations

import pandas as pd
import pytest
from sqlglot import exp

from riskkit.data.engine import open_engine
from riskkit.data.spans import merge_spans, number_spans

SPANS = pd.DataFrame(
    {
        "row_id": [1, 1, 1, 1, 2],
        "from_day": [0, 2, 10, 13, 0],
        "to_day": [8, 4, 12, 20, 5],
        "gap": [0, 0, 2, 0, 0],
    }
)


def _run(query: exp.Select) -> list[tuple[object, ...]]:
    with open_engine() as engine:
        engine.register("held", SPANS)
        return engine.execute(query.sql("duckdb")).fetchall()


@pytest.mark.parametrize(
    ("gap_days", "merged"),
    [
        # [2, 4) lies within [0, 8); [10, 12) begins two days after 8, [13, 20) one day after 12
        (0, [(1, 0, 8, None), (1, 10, 12, 8), (1, 13, 20, 12), (2, 0, 5, None)]),
        (1, [(1, 0, 8, None), (1, 10, 20, 8), (2, 0, 5, None)]),
        (2, [(1, 0, 20, None), (2, 0, 5, None)]),
    ],
)
def test_spans_no_further_apart_than_the_gap_are_one(gap_days: int, merged: list[tuple[int, ...]]) -> None:
    query = merge_spans(exp.select("row_id", "from_day", "to_day").from_("held"), gap_days=gap_days)
    chosen = exp.select("row_id", "from_day", "to_day", "before").from_(query.subquery("m"))
    assert _run(chosen.order_by("row_id", "from_day")) == merged


def test_each_span_may_have_a_gap_of_its_own_and_keeps_what_it_holds() -> None:
    spans = exp.select("row_id", "from_day", "to_day", "gap").from_("held")
    query = number_spans(spans, gap_days="gap", keep=("gap",))
    chosen = exp.select("row_id", "from_day", "gap", "island").from_(query.subquery("n"))
    # Only the third span forgives two days.
    expected = [(1, 0, 0, 1), (1, 2, 0, 1), (1, 10, 2, 1), (1, 13, 0, 2), (2, 0, 0, 1)]
    assert _run(chosen.order_by("row_id", "from_day")) == expected
