"""Staging: files are written to a folder apart and moved together, so that none is left half-written."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give a folder to write to, and move its files to `target` only when the block ends well.

    Parameters
    ----------
    target : pathlib.Path
        Where the files belong; files of other names there stay.

    Yields
    ------
    pathlib.Path
        An empty folder beside `target`.

    Raises
    ------
    DataContractError
        If `target` is a file, or no folder can be made there.
    """
    place = target.resolve()
    stage = place.with_name(f".{place.name}.part")
    if place.exists() and not place.is_dir():
        message = f"{target}: found a file, expected a folder or nothing. Give another folder."
        raise DataContractError(message)
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
    except OSError as exc:
        message = f"{target}: no folder can be made there ({exc.strerror}). Give a folder that may be written to."
        raise DataContractError(message) from exc
    try:
        yield stage
        place.mkdir(exist_ok=True)
        for item in sorted(stage.iterdir()):
            _replace(item, place / item.name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _replace(item: Path, place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    elif place.exists() and item.is_dir():
        place.unlink()
    item.replace(place)


def keep_source(source: Path, out: Path) -> None:
    """Refuse to write results over the source they are made from.

    Parameters
    ----------
    source : pathlib.Path
        Folder of the source.
    out : pathlib.Path
        File or folder of the results.

    Raises
    ------
    DataContractError
        If `out` is the source, or lies inside it.
    """
    place, kept = out.resolve(), source.resolve()
    if place == kept or kept in place.parents:
        message = f"{out}: lies in the source {source}, expected a place apart. Give another --out."
        raise DataContractError(message)


def keep_model(model: str, out: Path) -> None:
    """Refuse to write results over the model they are made with.

    Parameters
    ----------
    model : str
        Folder of the model, or an address of the registry, which lies apart from any folder.
    out : pathlib.Path
        Folder of the results.

    Raises
    ------
    DataContractError
        If `out` is the model's folder, lies inside it, or holds it.
    """
    place, kept = out.resolve(), Path(model).resolve()
    if ":/" not in model and (place == kept or kept in place.parents or place in kept.parents):
        message = f"{out}: is, lies in or holds the model {model}, expected a place apart. Give another --out."
        raise DataContractError(message)
