"""FHIR files: bundles and NDJSON, plain or gzip, read one bundle or one batch of lines at a time."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = r".+\.(json|ndjson|jsonl)(\.gz)?"
BY_LINE = (".ndjson", ".jsonl")


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
    opener = gzip.open if file.suffix == ".gz" else open
    by_line = file.name.lower().removesuffix(".gz").endswith(BY_LINE)
    try:
        with opener(file, "rt", encoding="utf-8-sig") as text:
            yield from _read_lines(text) if by_line else _open_bundle(_load_object(file, text))
    except (UnicodeDecodeError, EOFError, OSError) as exc:
        message = f"{file.name}: cannot be read ({exc}). Expected UTF-8 JSON, or gzip of it. Export the file again."
        raise DataContractError(message) from exc


def _load_object(file: Path, text: TextIO) -> dict[str, Any]:
    try:
        found = json.load(text)
    except json.JSONDecodeError as exc:
        _refuse(file, f"text that is no JSON ({exc.msg} in line {exc.lineno})", exc)
    if not isinstance(found, dict) or "resourceType" not in found:
        _refuse(file, "JSON without a resourceType", None)
    return found


def _read_lines(text: TextIO) -> Iterator[Received]:
    for line in text:
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
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
    entries = found.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        inner = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(inner, dict):
            yield Received(None, text=json.dumps(entry, ensure_ascii=False))
        elif inner.get("resourceType") == "Bundle":
            yield from _open_bundle(inner)
        else:
            yield Received(inner, str(entry.get("fullUrl") or ""))


def _refuse(file: Path, found: str, cause: Exception | None) -> NoReturn:
    message = f"{file.name}: found {found}, expected a FHIR R4 bundle. Export the file again."
    raise DataContractError(message) from cause
