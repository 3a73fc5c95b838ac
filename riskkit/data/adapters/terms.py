"""Term maps: what the codes of international vocabularies mean in the words of the canonical tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskkit.data.adapters.mapping import MAPPINGS

if TYPE_CHECKING:
    import duckdb

TERMS = ("loinc_analytes", "snomed_icd10cm", "rxnorm_atc")
"""LOINC codes of the analytes, SNOMED CT disorders as ICD-10-CM codes, and RxNorm drugs as ATC codes."""


def load_terms(engine: duckdb.DuckDBPyConnection) -> None:
    """Give a connection the term maps as tables of text.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets ``loinc_analytes`` (`loinc`, `analyte`, `unit`), ``snomed_icd10cm`` (`snomed`, `icd10cm`,
        `description`; one concept may have several codes) and ``rxnorm_atc`` (`rxnorm`, `atc`, `description`).

    Examples
    --------
    >>> from riskkit.data.engine import open_engine
    >>> with open_engine() as engine:
    ...     load_terms(engine)
    ...     engine.execute("SELECT analyte, unit FROM loinc_analytes WHERE loinc = '4548-4'").fetchall()
    [('hba1c', '%')]
    """
    for name in TERMS:
        file = str(MAPPINGS / "terms" / f"{name}.csv")
        engine.read_csv(file, all_varchar=True, header=True).create_view("term_rows")
        engine.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM term_rows")  # noqa: S608
        engine.execute("DROP VIEW term_rows")
