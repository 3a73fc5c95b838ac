"""Every value that came in another unit is counted, by analyte and unit as the source writes it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from riskkit.data.io import read_tables
from riskkit.data.units import Converted


def test_conversions_are_counted_and_other_spellings_of_the_same_unit_are_not(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "person.csv").write_text("person_id,birth_date\nP1,1950-01-01\n", encoding="utf-8")
    rows = [("hba1c", 53, "mmol/mol"), ("hba1c", 60, "mmol/mol"), ("hba1c", 7, "%"), ("glucose", 99, "mg/dl"),
            ("creatinine", 88.4, "µmol/L"), ("ferritin", 1, "µg/L")]  # fmt: skip
    lines = [f"L{n},P1,2023-01-01,2023-01-01,{a},{v},{u}" for n, (a, v, u) in enumerate(rows)]
    header = "record_id,person_id,date,available_date,analyte,value,unit"
    (source / "lab_result.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    tables = read_tables(source, tmp_path / "work")
    quality = {table.table: table for table in tables.quality.tables}
    assert quality["lab_result"].conversions == (
        Converted("creatinine", "µmol/L", "mg/dL", 1),
        Converted("hba1c", "mmol/mol", "%", 2),
    )
    assert quality["person"].conversions == ()
    units = pd.read_parquet(tables.paths["lab_result"])["unit"].tolist()
    assert units == ["%", "%", "%", "mg/dL", "mg/dL", "µg/L"]
