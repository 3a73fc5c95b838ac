"""FHIR files: bundles and NDJSON, plain or gzip, read one bundle or one batch of lines at a time."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = r".+\.(json|ndjson|jsonl)(\.gz)?"
BY_LINE = (".ndjson", ".jsonl")
GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Received:
    """One resource as it came.

    Parameters
    ----------
    body : dict or None
        The resource; None for what is no JSON object.
    full_url : str, default ""
        The entry's `fullUrl` in its bundle, which is what references name.
    text : str, default ""
        What stood there, where it is no JSON object.
    """

    body: dict[str, Any] | None
    full_url: str = ""
    text: str = ""


def find_bundles(source: Path) -> list[Path]:
    """Find the FHIR files of a source.

    Parameters
    ----------
    source : pathlib.Path
        A file, or a folder whose files end in ``.json``, ``.ndjson`` or ``.jsonl``, each plain or ``.gz``.

    Returns
    -------
    list of pathlib.Path
        The files, by name; at least one.

    Raises
    ------
    DataContractError
        If there is no such file or folder, or the folder holds no such file.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        message = f"{source}: no such file or folder. Give a FHIR bundle, an NDJSON file, or a folder of them."
        raise DataContractError(message)
    found = sorted(path for path in source.iterdir() if path.is_file() and re.fullmatch(NAMES, path.name.lower()))
    if not found:
        names = ", ".join(sorted(path.name for path in source.iterdir())[:3]) or "nothing"
        message = (
            f"{source}: no file that ends in .json, .ndjson or .jsonl, plain or .gz; found {names}. "
            "Give the folder of the bundles."
        )
        raise DataContractError(message)
    return found


def read_resources(file: Path) -> Iterator[Received]:
    """Read the resources of a file, those of bundles entry by entry.

    Parameters
    ----------
    file : pathlib.Path
        A bundle, a single resource, or NDJSON of either.

    Yields
    ------
    Received
        In the order of the file. A line of NDJSON that is no JSON object has no body.

    Raises
    ------
    DataContractError
        If the file cannot be read, or is no NDJSON and no JSON object with a `resourceType`.
    """
    by_line = file.name.lower().removesuffix(".gz").endswith(BY_LINE)
    try:
        with _open_text(file) as text:
            yield from _read_lines(text) if by_line else _open_bundle(_load_object(file, text))
    except (UnicodeDecodeError, EOFError, OSError, zlib.error) as exc:
        message = f"{file.name}: cannot be read ({exc}). Expected UTF-8 JSON, or gzip of it. Export the file again."
        raise DataContractError(message) from exc


def _open_text(file: Path) -> TextIO:
    """Open a file by what it holds: a name may lose or keep its ``.gz`` on the way."""
    with file.open("rb") as raw:
        packed = raw.read(len(GZIP)) == GZIP
    return gzip.open(file, "rt", encoding="utf-8-sig") if packed else file.open(encoding="utf-8-sig")


def _load_object(file: Path, text: TextIO) -> dict[str, Any]:
    try:
        found = json.load(text)
    except json.JSONDecodeError as exc:
        _refuse(file, f"text that is no JSON ({exc.msg} in line {exc.lineno})", exc)
    except RecursionError as exc:
        _refuse(file, "JSON that is nested too deep", exc)
    if not isinstance(found, dict) or "resourceType" not in found:
        _refuse(file, "JSON without a resourceType", None)
    return found


def _read_lines(text: TextIO) -> Iterator[Received]:
    for line in text:
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            found = None
        if isinstance(found, dict):
            yield from _open_bundle(found)
        else:
            yield Received(None, text=line.strip())


def _open_bundle(found: dict[str, Any]) -> Iterator[Received]:
    """Take a bundle apart; what is no bundle is itself."""
    if found.get("resourceType") != "Bundle":
        yield Received(found)
        return
    stated = found.get("entry", [])
    entries = stated if isinstance(stated, list) else [stated]
    names = _find_names(entries)
    for entry in entries:
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(inner, dict):
            yield Received(None, text=json.dumps(entry, ensure_ascii=False))
        elif inner.get("resourceType") == "Bundle":
            yield from _open_bundle(inner)
        else:
            yield Received(_refer(inner, names) if names else inner, str(entry.get("fullUrl") or ""))


def _find_names(entries: list[Any]) -> dict[str, str]:
    """Map ``Type/id`` to the URN of each entry that has both, where the two differ: references may use either."""
    names = {}
    for entry in entries:
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(inner, dict):
            continue
        url = str(entry.get("fullUrl") or "")
        if url.startswith("urn:") and inner.get("id") and url.rpartition(":")[2] != inner["id"]:
            names[f"{inner.get('resourceType')}/{inner['id']}"] = url
    return names


def _refer(node: Any, names: dict[str, str]) -> Any:
    """Copy a resource with its references in the names of `names`."""
    if isinstance(node, list):
        return [_refer(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: names.get(value, value) if key == "reference" and isinstance(value, str) else _refer(value, names)
        for key, value in node.items()
    }


def _refuse(file: Path, found: str, cause: Exception | None) -> NoReturn:
    message = f"{file.name}: found {found}, expected a FHIR R4 bundle. Export the file again."
    raise DataContractError(message) from cause
