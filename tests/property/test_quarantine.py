"""Rows in = accepted + quarantined, and a row is set aside if and only if it breaks a rule."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskkit.data.io import read_tables
from riskkit.errors import DataContractError

# Each field's sound and broken spellings.
SOUND = {
    "record_id": ["L1", "L2", "L3", "L4", "L5", "L6", "a,b", 'q"x'],
    "person_id": ["P1", "P2"],
    "date": ["2023-01-31", "2024-02-29", "2023-06-01 00:00:00"],
    "available_date": ["2024-02-29", "2999-01-01"],
    "analyte": ["ferritin", "铁蛋白"],
    "value": ["7.1", "0", "-3e2"],
    "unit": ["%"],
}
BROKEN = {
    "record_id": [""],
    "person_id": ["P9", ""],
    "date": ["2023-02-29", "2999-01-01", "", "yesterday"],
    "available_date": ["2022-12-31", "x"],
    "analyte": [""],
    "value": ["", "seven", "nan", "1e13"],
    "unit": [""],
}
FIELD = {name: st.sampled_from(SOUND[name] * 6 + BROKEN[name]) for name in SOUND}


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.fixed_dictionaries(FIELD), max_size=12))
def test_every_row_is_accepted_or_set_aside_and_for_a_reason(rows: list[dict[str, str]]) -> None:
    repeated = Counter(row["record_id"] for row in rows)
    bad = [any(row[name] in BROKEN[name] for name in row) or repeated[row["record_id"]] > 1 for row in rows]
    with TemporaryDirectory() as folder:
        source, work = Path(folder) / "source", Path(folder) / "work"
        source.mkdir()
        (source / "person.csv").write_text("person_id,birth_date\nP1,1950-01-01\nP2,1960-01-01\n", encoding="utf-8")
        with (source / "lab_result.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(SOUND))
            writer.writeheader()
            writer.writerows(rows)
        tables = read_tables(source, work, on_bad_rows="quarantine")
        labs = next(table for table in tables.quality.tables if table.table == "lab_result")
        aside = work / "quarantine" / "lab_result.parquet"
        set_aside = pd.read_parquet(aside) if aside.exists() else pd.DataFrame({"reason": []})
        assert labs.rows_in == len(rows) == labs.rows_accepted + labs.rows_quarantined
        assert labs.rows_accepted == len(tables.frame("lab_result")) == bad.count(False)
        assert labs.rows_quarantined == len(set_aside) == bad.count(True)
        assert (set_aside["reason"] != "").all()
        if any(bad):
            with pytest.raises(DataContractError, match="lab_result: "):
                read_tables(source, work)
