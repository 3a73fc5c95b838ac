"""Bounds of the contract as an adapter sees them."""

from __future__ import annotations

from riskkit.data.adapters.bounds import load_bounds
from riskkit.data.engine import open_engine
from riskkit.data.measures import MEASURES


def test_a_value_in_another_unit_is_held_to_the_bounds_of_its_own() -> None:
    with open_engine() as engine:
        load_bounds(engine)
        rows = engine.execute(
            "SELECT unit, 58 * slope + shift BETWEEN lowest AND highest FROM bound WHERE analyte = 'hba1c' ORDER BY 1"
        ).fetchall()
    # 58 mmol/mol is 58 / 10.929 + 2.15 = 7.46 %; 58 % is nobody's.
    assert rows == [("%", False), ("mmol/mol", True)]


def test_every_unit_of_every_analyte_has_bounds() -> None:
    with open_engine() as engine:
        load_bounds(engine)
        rows = engine.execute("SELECT analyte, unit FROM bound").fetchall()
    assert sorted(rows) == sorted((name, unit) for name, measure in MEASURES.items() for unit in measure.units)
