"""From the folder of a retraining to one HTML file that needs nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from riskkit.errors import DataContractError
from riskkit.report.documents import make_document

if TYPE_CHECKING:
    from collections.abc import Mapping

REPORT_NAME = "report.html"


def render(document: Mapping[str, Any]) -> str:
    """Set a document in HTML.

    Parameters
    ----------
    document : mapping
        What `make_document` returned.

    Returns
    -------
    str
        A whole page: style and figures inside, no script, no address of another resource; all text is escaped.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("riskkit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(document=document)


def write_report(out: str | Path) -> Path:
    """Write the report of a retraining from the files in its folder.

    Parameters
    ----------
    out : str or pathlib.Path
        Folder that `riskkit retrain` wrote, with `summary.json` and `evaluation/predictions.parquet`.

    Returns
    -------
    pathlib.Path
        ``out/report.html``; it appears only when it is whole.

    Raises
    ------
    DataContractError
        If a file is absent or cannot be read, or lacks what every report shows.
    """
    folder = Path(out)
    return write_page(make_document(_read_summary(folder), _read_frames(folder)), folder)


def write_page(document: Mapping[str, Any], folder: Path) -> Path:
    """Write a document as the report of a folder.

    Parameters
    ----------
    document : mapping
        As `make_document` returns it.
    folder : pathlib.Path
        Where to.

    Returns
    -------
    pathlib.Path
        ``folder/report.html``; it appears only when it is whole.
    """
    target = folder / REPORT_NAME
    part = target.with_name(f".{REPORT_NAME}.part")
    part.write_text(render(document), encoding="utf-8")
    return part.replace(target)


def _read_summary(folder: Path) -> dict[str, Any]:
    path = folder / "summary.json"
    if not path.is_file():
        message = (
            f"{path}: no such file; expected the summary of a retraining. Run riskkit retrain --out {folder} first."
        )
        raise DataContractError(message)
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        message = f"{path}: not readable as JSON ({error}). Run riskkit retrain --out {folder} again."
        raise DataContractError(message) from error
    if not isinstance(summary, dict):
        message = (
            f"{path}: found a {type(summary).__name__}, expected an object. Run riskkit retrain --out {folder} again."
        )
        raise DataContractError(message)
    return summary


def _read_frames(folder: Path) -> dict[str, pd.DataFrame]:
    return {
        path.stem: _read_frame(path) for path in sorted((folder / "evaluation").glob("*.parquet")) if _is_ours(path)
    }


def _is_ours(path: Path) -> bool:
    return path.stem in {"predictions", "rates", "feature_catalogue"} or path.stem.startswith(
        ("contributions_", "feature_values_")
    )


def _read_frame(path: Path) -> pd.DataFrame:
    from pyarrow.lib import ArrowInvalid

    try:
        return pd.read_parquet(path)
    except (ArrowInvalid, OSError) as error:
        message = f"{path}: not readable as Parquet ({error}). Run riskkit retrain again."
        raise DataContractError(message) from error
