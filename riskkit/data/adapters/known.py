"""The known layouts: each adapter by name, loaded when it is used, so that one source needs no other's libraries."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskkit.data.adapters.report import AdapterReport

    Progress = Callable[[str, int, int], None]

NATIVE = "native"
ADAPTERS: dict[str, str] = {
    "desynpuf": "CMS DE-SynPUF beneficiary summaries and inpatient claims",
    "diabetes130": "UCI Diabetes 130-US hospitals",
    "epi_diabetes": "Danish diabetes register sample (Epi package, DMlate)",
    "rand_hie": "RAND Health Insurance Experiment person-years",
    "tuva": "claim lines in the Tuva input layout",
    "synthea": "Synthea CSV",
    "omop": "OMOP CDM 5.4, a folder of CSV or a SQLite file",
    "fhir": "FHIR R4 bundles",
    "shanghai": "Shanghai T1DM and T2DM sheets and CGM traces",
    "settlement_list": "Chinese medical insurance settlement list as CSV",
}
"""What each adapter reads, by name; its module and its function `convert_<name>` bear the same name."""

LAYOUTS = (NATIVE, *ADAPTERS)
"""Names that a scheme or a command may give for the layout of a source."""


def convert(adapter: str, source: Path, target: Path, *, progress: Progress | None = None) -> AdapterReport:
    """Convert a source in an outside layout into canonical tables.

    Parameters
    ----------
    adapter : str
        Name of an adapter.
    source : pathlib.Path
        The source, a folder or a file as the adapter has it.
    target : pathlib.Path
        Folder for the canonical tables.
    progress : callable, optional
        Called with (what, done, in all).

    Returns
    -------
    AdapterReport
        What was mapped and what was not.

    Raises
    ------
    DataContractError
        If there is no such adapter, or the source cannot be read; nothing is written then.
    """
    if adapter not in ADAPTERS:
        message = f"adapter {adapter!r}: not known. Use one of {', '.join(LAYOUTS)}."
        raise DataContractError(message)
    module = import_module(f"riskkit.data.adapters.{adapter}")
    run: Callable[..., AdapterReport] = getattr(module, f"convert_{adapter}")
    return run(source, target, progress=progress)
