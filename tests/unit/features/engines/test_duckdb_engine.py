"""DuckDB answers inside this process, within its limits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sqlglot import exp

from riskkit.features.engines.duckdb_engine import DuckDBEngine

DAY = pd.to_datetime(["2024-01-01"]).as_unit("us")
SPINE = pd.DataFrame({"row_id": [0], "person_id": ["a"], "index_date": DAY, "as_of_date": DAY})
CODES = pd.DataFrame({"code": ["E11"], "vocabulary": ["who_cn"], "code_group": ["dcsi:x"], "points": [2.0]})
PERSON = pd.DataFrame({"person_id": ["a", "b"], "birth_date": DAY.repeat(2)})


def test_a_query_sees_the_tables_the_spine_and_the_codes() -> None:
    with DuckDBEngine().open({"person": PERSON}, SPINE, CODES) as session:
        assert session.delivered == {"person"}
        for relation, rows in (("person", 2), ("spine", 1), ("code_group", 1), ("lab_result", 0)):
            counted = exp.select(exp.alias_(exp.Count(this=exp.Star()), "n")).from_(relation)
            assert session.answer(counted)["n"].tolist() == [rows]


def test_the_limits_are_those_that_were_asked_for(tmp_path: Path) -> None:
    with DuckDBEngine(memory_gb=1.0, threads=1, spill=tmp_path).open({}, SPINE, CODES) as session:
        asked = "SELECT current_setting('threads'), current_setting('memory_limit'), current_setting('temp_directory')"
        threads, memory, spill = session.connection.execute(asked).fetchall()[0]
        # 1 GB is 10^9 bytes, 953.6 MiB
        assert (threads, memory) == (1, "953.6 MiB")
        assert Path(spill).parent == tmp_path
    assert list(tmp_path.iterdir()) == []
