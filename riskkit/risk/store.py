"""The stored form of an outcome model: LightGBM text, JSON, and a manifest that knows if a byte has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, TypedDict

from pydantic import ValidationError

from riskkit.errors import ModelStoreError
from riskkit.risk.balance import balance_from_dict
from riskkit.risk.calibrator import calibrator_from_dict
from riskkit.risk.hazard_model import HazardModel
from riskkit.risk.model import OutcomeModel
from riskkit.risk.spec import OutcomeSpec

FORMAT_VERSION = 2
"""Raised when an older riskkit could not read what this one writes; this one reads every version up to its own."""

MANIFEST = "manifest.json"
CALIBRATOR = "calibrator.json"


def write_model(model: OutcomeModel | HazardModel, directory: str | Path) -> Path:
    """Store an outcome model as a folder of text files.

    Parameters
    ----------
    model : OutcomeModel or HazardModel
        What to store.
    directory : str or pathlib.Path
        Its folder: absent, empty, or a stored model to replace. It appears whole or not at all.

    Returns
    -------
    pathlib.Path
        The folder, with `model.lgb` (and `amount.lgb` of a two-part model, `death.lgb` of a hazard),
        `calibrator.json` and `manifest.json`.

    Raises
    ------
    ModelStoreError
        If the folder holds anything but a stored model.
    """
    target = Path(directory)
    if target.exists() and any(target.iterdir()) and not (target / MANIFEST).is_file():
        message = f"{target}: found a folder that is not a stored model, expected none. Give another folder."
        raise ModelStoreError(message)
    second = "death.lgb" if isinstance(model, HazardModel) else "amount.lgb"
    boosters = dict(zip(("model.lgb", second), model.booster_texts, strict=False))
    contents = {**boosters, CALIBRATOR: _to_json(_describe_calibration(model))}
    contents[MANIFEST] = _to_json(_make_manifest(model, tuple(boosters), contents))
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, text in contents.items():
        (partial / name).write_bytes(text.encode("utf-8"))
    if target.exists():
        shutil.rmtree(target)
    return partial.rename(target)


def read_model(directory: str | Path) -> OutcomeModel | HazardModel:
    """Read a stored outcome model, if it is what was written.

    Parameters
    ----------
    directory : str or pathlib.Path
        Its folder.

    Returns
    -------
    OutcomeModel or HazardModel
        It predicts what the stored one predicted.

    Raises
    ------
    ModelStoreError
        If a file is absent, truncated or altered, or a newer riskkit wrote it.
    """
    folder = Path(directory)
    manifest = _read_manifest(folder)
    texts = {name: _read_checked(folder, name, digest) for name, digest in manifest["files"].items()}
    try:
        shared = _Shared(
            spec=OutcomeSpec.model_validate(manifest["spec"]),
            feature_names=tuple(manifest["feature_names"]),
            booster_texts=tuple(texts[name] for name in manifest["boosters"]),
            metadata=manifest["metadata"],
        )
        calibration = json.loads(texts[CALIBRATOR])
        if shared["spec"].kind == "hazard":
            return HazardModel(
                **shared,
                calibrators=tuple(calibrator_from_dict(values) for values in calibration["horizons"]),
                baseline=tuple(tuple(row) for row in calibration["baseline"]),
            )
        return OutcomeModel(
            **shared,
            calibrator=calibrator_from_dict(calibration),
            floor=float(manifest["floor"]),
            balance=balance_from_dict(manifest["balance"]) if manifest.get("balance") else None,
        )
    except (KeyError, ValidationError) as exc:
        message = f"{folder / MANIFEST}: {str(exc).splitlines()[0]}; expected a model of this riskkit. Retrain it."
        raise ModelStoreError(message) from exc


class _Shared(TypedDict):
    """What every stored model has."""

    spec: OutcomeSpec
    feature_names: tuple[str, ...]
    booster_texts: tuple[str, ...]
    metadata: dict[str, Any]


def _describe_calibration(model: OutcomeModel | HazardModel) -> dict[str, Any]:
    """Write a model's calibrator, or those of its horizons, as plain values."""
    if isinstance(model, HazardModel):
        return {
            "horizons": [one.to_dict() for one in model.calibrators],
            "baseline": [list(row) for row in model.baseline],
        }
    return model.calibrator.to_dict()


def _make_manifest(
    model: OutcomeModel | HazardModel, boosters: tuple[str, ...], contents: dict[str, str]
) -> dict[str, Any]:
    """Describe a model and the bytes of its files, and seal the description."""
    balance = model.balance if isinstance(model, OutcomeModel) else None
    manifest: dict[str, Any] = {
        "format": "riskkit-outcome",
        "format_version": FORMAT_VERSION,
        "outcome": model.spec.name,
        "spec": model.spec.model_dump(mode="json"),
        "feature_names": list(model.feature_names),
        "boosters": list(boosters),
        "floor": getattr(model, "floor", 0.0),
        "balance": balance.to_dict() if balance else None,
        "metadata": dict(model.metadata),
        "files": {name: _hash(text.encode("utf-8")) for name, text in contents.items()},
    }
    return {**manifest, "sha256": _seal(manifest)}


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest and check its version and seal."""
    file = folder / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        version, seal = int(manifest["format_version"]), manifest.pop("sha256")
    except FileNotFoundError as exc:
        message = f"{file}: no such file, expected a stored model. Give the folder that riskkit wrote."
        raise ModelStoreError(message) from exc
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        message = f"{file}: cannot be read ({type(exc).__name__}: {exc}). Copy the model again, or retrain it."
        raise ModelStoreError(message) from exc
    if version > FORMAT_VERSION:
        message = f"{file}: found format_version {version}, expected at most {FORMAT_VERSION}. Install a newer riskkit."
        raise ModelStoreError(message)
    if seal != _seal(manifest):
        message = f"{file}: the manifest was altered after it was written. Copy the model again, or retrain it."
        raise ModelStoreError(message)
    return dict(manifest)


def _read_checked(folder: Path, name: str, digest: str) -> str:
    """Read a file whose bytes must be those that were written."""
    try:
        content = (folder / name).read_bytes()
    except OSError as exc:
        message = (
            f"{folder / name}: cannot be read ({exc.strerror}), expected it beside {MANIFEST}. Copy the model again."
        )
        raise ModelStoreError(message) from exc
    if _hash(content) != digest:
        message = (
            f"{folder / name}: found sha256 {_hash(content)[:12]}..., expected {digest[:12]}...: the file is "
            "truncated or altered. Copy the model again, or retrain it."
        )
        raise ModelStoreError(message)
    return content.decode("utf-8")


def _hash(content: bytes) -> str:
    """Hash bytes."""
    return hashlib.sha256(content).hexdigest()


def _seal(manifest: dict[str, Any]) -> str:
    """Hash a manifest in one canonical form."""
    return _hash(json.dumps(manifest, sort_keys=True, ensure_ascii=False, allow_nan=False).encode("utf-8"))


def _to_json(values: dict[str, Any]) -> str:
    """Write JSON that a reader can follow."""
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
