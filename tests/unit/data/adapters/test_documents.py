"""The mapping tables in the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskkit.data.adapters.desynpuf import ANNUAL_AMOUNTS, BENEFICIARIES, CLAIMS
from riskkit.data.adapters.diabetes130 import DRUGS, ENCOUNTERS
from riskkit.data.adapters.layout import SourceLayout

TEXT = (Path(__file__).parents[4] / "docs" / "adapters.md").read_text(encoding="utf-8")
IN_SERIES = {*ANNUAL_AMOUNTS, *DRUGS}


@pytest.mark.parametrize("layout", [BENEFICIARIES, CLAIMS, ENCOUNTERS], ids=lambda layout: layout.view)
def test_every_column_that_is_read_is_in_the_documents(layout: SourceLayout) -> None:
    names = {re.sub(r"_\d+$", "_1", column.name) for column in layout.columns if column.name not in IN_SERIES}
    assert sorted(name for name in names if name not in TEXT) == ["SEGMENT"] * ("SEGMENT" in names)


def test_every_discharge_status_of_the_mapping_is_in_the_documents() -> None:
    sql = (Path(__file__).parents[4] / "riskkit/data/adapters/mappings/diabetes130/medical_claim.sql").read_text(
        "utf-8"
    )
    stated = dict(re.findall(r"\('(\d+)', '(\w+)'\)", sql[sql.index("discharge (id") : sql.index("line AS")]))
    row = next(line for line in TEXT.splitlines() if line.startswith("| discharge_status"))
    listed: dict[str, str] = {}
    for part in row.split("|")[3].split(";"):
        *numbers, status = part.replace(",", " ").split()
        for number in numbers:
            first, _, last = number.partition("-")
            listed |= {str(value): status for value in range(int(first), int(last or first) + 1)}
    assert listed == stated
