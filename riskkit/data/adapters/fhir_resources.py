"""FHIR resources: held against the R4 definitions, and loaded as text with what is wrong with them."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from riskkit.data.adapters.fhir_bundles import read_resources
from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import duckdb

    from riskkit.data.adapters.fhir_bundles import Received

    Check = Callable[[dict[str, Any]], str | None]

BATCH = 2_000
COLUMNS = ("file", "place", "type", "id", "invalid", "body")


def load_check() -> Check:
    """Load the definitions of FHIR R4B.

    Returns
    -------
    callable
        Takes a resource and says in a line what is wrong with it, or None.

    Raises
    ------
    DataContractError
        If fhir.resources is not installed.

    References
    ----------
    .. [1] HL7, FHIR Release 4B, 2022. R4B changes none of the resources that are mapped.
    """
    try:
        from fhir.resources.R4B import get_fhir_model_class
        from fhir.resources.R4B.resource import Resource
    except ImportError as exc:
        message = "fhir: reading bundles needs the definitions of FHIR. Install them: pip install riskkit[fhir]."
        raise DataContractError(message) from exc

    from pydantic import ValidationError

    def check(resource: dict[str, Any]) -> str | None:
        kind = str(resource.get("resourceType") or "")
        try:
            model = get_fhir_model_class(kind)
        except (LookupError, ValueError):
            model = None
        if model is None or not issubclass(model, Resource):
            return f"{kind or 'no resourceType'}: no resource of FHIR R4"
        try:
            model.model_validate(resource)
        except ValidationError as exc:
            return _first_problem(kind, exc)
        return None

    return check


def _first_problem(kind: str, problem: Any) -> str:
    first = problem.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in (kind, *(part for part in first["loc"] if isinstance(part, str))))
    return f"{place}: {' '.join(str(first['msg']).split())[:120]}"


def load_resources(
    engine: duckdb.DuckDBPyConnection, files: Sequence[Path], *, tell: Callable[[str, int, int], None] | None = None
) -> dict[str, int]:
    """Load the resources of files, one bundle or one batch of lines at a time.

    Parameters
    ----------
    engine : duckdb.DuckDBPyConnection
        Connection that gets the table ``received``: `file`, `place` in the file from 1, `type`, `id`, `invalid` (what
        is wrong, or null) and `body` as JSON text.
    files : sequence of pathlib.Path
        Files as :func:`riskkit.data.adapters.fhir_bundles.find_bundles` finds them.
    tell : callable, optional
        Called with (file, files done, files in all).

    Returns
    -------
    dict of str to int
        Resources of each file, by file name.

    Raises
    ------
    DataContractError
        If fhir.resources is not installed, or a file cannot be read.
    """
    import pyarrow as pa

    check = load_check()
    schema = pa.schema([(name, pa.int64() if name == "place" else pa.string()) for name in COLUMNS])
    engine.register("batch", schema.empty_table())
    engine.execute("CREATE TEMP TABLE received AS SELECT * FROM batch")
    counted: dict[str, int] = {}
    for done, file in enumerate(files):
        if tell:
            tell(file.name, done, len(files))
        counted[file.name] = 0
        found = read_resources(file)
        while group := list(islice(found, BATCH)):
            rows = [_row(file.name, counted[file.name] + at, item, check) for at, item in enumerate(group, 1)]
            columns = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
            engine.register("batch", pa.table(columns, schema=schema))
            engine.execute("INSERT INTO received SELECT * FROM batch")
            counted[file.name] += len(rows)
    engine.unregister("batch")
    return counted


def _row(file: str, place: int, item: Received, check: Check) -> tuple[str, int, str, str | None, str | None, str]:
    if item.body is None:
        return file, place, "no resource", None, "no resource in this entry or line", item.text
    try:
        text = json.dumps(item.body, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except ValueError:
        broken = "a number or a letter that JSON cannot hold"
        return file, place, "no resource", None, broken, json.dumps(item.body)
    kind = str(item.body.get("resourceType") or "no resource")
    return file, place, kind, _identify(item), check(item.body), text


def _identify(item: Received) -> str | None:
    """Name a resource as references name it: by its URN in a bundle that uses those, else by its id.

    Examples
    --------
    >>> from riskkit.data.adapters.fhir_bundles import Received
    >>> _identify(Received({"id": "a"}, "urn:uuid:b")), _identify(Received({"id": "a"}, "Patient/a"))
    ('b', 'a')
    """
    own = (item.body or {}).get("id")
    if item.full_url.startswith("urn:") or not own:
        return item.full_url.rstrip("/").rpartition("/")[2].rpartition(":")[2] or None
    return str(own)
