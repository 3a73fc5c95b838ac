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


ROWS: dict[str, list[dict[str, str]]] = {
    "person": [{"person_id": f"P{n}", "birth_date": "1950-01-01", "sex": "female"} for n in range(3)],
    "enrollment": [{"person_id": f"P{n}", "start_date": "2023-01-01", "end_date": "2024-01-01"} for n in range(3)],
    "medical_claim": [
        {
            "claim_id": f"C{n}",
            "person_id": f"P{n}",
            "setting": "inpatient",
            "start_date": "2023-03-01",
            "end_date": "2023-03-05",
            "available_date": "2023-04-01",
            "allowed_amount": "10.5",
            "adjustment": "original",
        }
        for n in range(3)
    ],
    "diagnosis": [
        {
            "record_id": f"C{n}",
            "position": "1",
            "person_id": f"P{n}",
            "date": "2023-03-01",
            "available_date": "2023-04-01",
            "code": "E11.9",
            "vocabulary": "who_cn",
            "source": "inpatient",
        }
        for n in range(3)
    ],
    "procedure": [
        {
            "claim_id": f"C{n}",
            "position": "1",
            "person_id": f"P{n}",
            "date": "2023-03-01",
            "available_date": "2023-04-01",
            "code": "39.95",
            "vocabulary": "icd9cm",
        }
        for n in range(3)
    ],
    "pharmacy_claim": [
        {"claim_id": f"D{n}", "person_id": f"P{n}", "fill_date": "2023-03-01", "available_date": "2023-03-01"}
        for n in range(3)
    ],
    "lab_result": [
        {
            "record_id": f"L{n}",
            "person_id": f"P{n}",
            "date": "2023-03-01",
            "available_date": "2023-03-01",
            "analyte": "hba1c",
            "value": "53",
            "unit": "mmol/mol",
        }
        for n in range(3)
    ],
    "glucose_reading": [{"person_id": f"P{n}", "time": f"2023-03-01 08:0{n}:00", "glucose": "120"} for n in range(3)],
    "care_event": [
        {
            "record_id": f"E{n}",
            "person_id": f"P{n}",
            "date": "2023-03-01",
            "available_date": "2023-03-01",
            "kind": "follow_up",
        }
        for n in range(3)
    ],
}
DAMAGE = ["", "nonsense", "-5", "2999-01-01", "1800-01-01", "C1", "P1", "P9", "g/L", "registry", "1e13", "0"]
CELLS = [(table, row, column) for table, rows in ROWS.items() for row in range(3) for column in rows[row]]


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(damage=st.dictionaries(st.sampled_from(CELLS), st.sampled_from(DAMAGE), max_size=6))
def test_whatever_is_damaged_every_row_of_every_table_is_found_again(damage: dict[tuple[str, int, str], str]) -> None:
    tables = {
        name: [
            {column: damage.get((name, n, column), value) for column, value in row.items()}
            for n, row in enumerate(rows)
        ]
        for name, rows in ROWS.items()
    }
    with TemporaryDirectory() as folder:
        source, work = Path(folder) / "source", Path(folder) / "work"
        source.mkdir()
        for name, rows in tables.items():
            pd.DataFrame(rows).to_csv(source / f"{name}.csv", index=False)
        read = read_tables(source, work, on_bad_rows="quarantine")
        assert [table.table for table in read.quality.tables] == list(ROWS)
        for table in read.quality.tables:
            aside = work / "quarantine" / f"{table.table}.parquet"
            set_aside = pd.read_parquet(aside) if aside.exists() else pd.DataFrame({"reason": []})
            accepted = read.frame(table.table)
            assert table.rows_in == 3 == table.rows_accepted + table.rows_quarantined
            assert (len(accepted), len(set_aside)) == (table.rows_accepted, table.rows_quarantined)
            assert (set_aside["reason"] != "").all()
            # the rows set aside are the rows that came, each with every cell as it was found
            found = [
                {c: "" if pd.isna(row[c]) else str(row[c]) for c in ROWS[table.table][0]}
                for _, row in set_aside.iterrows()
            ]
            for row in found:
                assert row in tables[table.table]
        assert read.quality.rows_in == 27 == read.quality.rows_accepted + read.quality.rows_quarantined
