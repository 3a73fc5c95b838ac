"""The mapping tables in the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskkit.data.adapters.desynpuf import ANNUAL_AMOUNTS, BENEFICIARIES, CLAIMS
from riskkit.data.adapters.diabetes130 import DRUGS, ENCOUNTERS
from riskkit.data.adapters.epi_diabetes import REGISTER
from riskkit.data.adapters.known import ADAPTERS
from riskkit.data.adapters.layout import SourceLayout
from riskkit.data.adapters.omop_layout import TABLES as OMOP
from riskkit.data.adapters.rand_hie import YEARS
from riskkit.data.adapters.synthea import LAYOUTS as SYNTHEA
from riskkit.data.adapters.tuva import ELIGIBILITY, LABS, MEDICAL, PHARMACY

PAGES = Path(__file__).parents[4] / "docs" / "adapters"
IN_SERIES = {*ANNUAL_AMOUNTS, *DRUGS}


def read_page(adapter: str) -> str:
    """The documents of one adapter."""
    return (PAGES / f"{adapter}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_adapter_has_a_page_and_a_line_in_the_index(adapter: str) -> None:
    assert "| canonical |" in read_page(adapter) or "| source" in read_page(adapter)
    assert f"(adapters/{adapter}.md)" in (PAGES.parent / "adapters.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("adapter", "layout"),
    [
        ("desynpuf", BENEFICIARIES),
        ("desynpuf", CLAIMS),
        ("diabetes130", ENCOUNTERS),
        ("epi_diabetes", REGISTER),
        ("rand_hie", YEARS),
        *(("tuva", layout) for layout in (ELIGIBILITY, MEDICAL, PHARMACY, LABS)),
        *(("synthea", layout) for layout in SYNTHEA),
        *(("omop", table.layout) for table in OMOP),
    ],
    ids=lambda value: getattr(value, "view", value),
)
def test_every_column_that_is_read_is_in_the_documents(adapter: str, layout: SourceLayout) -> None:
    text = read_page(adapter)
    names = {re.sub(r"_\d+$", "_1", column.name) for column in layout.columns if column.name not in IN_SERIES}
    assert sorted(name for name in names if name not in text) == ["SEGMENT"] * ("SEGMENT" in names)


def test_every_discharge_status_of_the_mapping_is_in_the_documents() -> None:
    sql = (Path(__file__).parents[4] / "riskkit/data/adapters/mappings/diabetes130/medical_claim.sql").read_text(
        "utf-8"
    )
    stated = dict(re.findall(r"\('(\d+)', '(\w+)'\)", sql[sql.index("discharge (id") : sql.index("line AS")]))
    row = next(line for line in read_page("diabetes130").splitlines() if line.startswith("| discharge_status"))
    listed: dict[str, str] = {}
    for part in row.split("|")[3].split(";"):
        *numbers, status = part.replace(",", " ").split()
        for number in numbers:
            first, _, last = number.partition("-")
            listed |= {str(value): status for value in range(int(first), int(last or first) + 1)}
    assert listed == stated
