"""Stress policies from their files, of which one may hold only what it changes in another; and one number moved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskkit.errors import PolicyError
from riskkit.policy import read_toml, validate_policy
from riskkit.stress.policy import StressPolicy

_DEEPEST = 8


def read_stress_policy(path: str | Path) -> StressPolicy:
    """Read a stress policy; a file with ``extends`` holds only what it changes in another file beside it.

    Tables are merged key by key; a list or a number (with its unit, reference and date) takes the place of the other.

    Parameters
    ----------
    path : str or pathlib.Path
        The TOML file.

    Returns
    -------
    StressPolicy
        The policy.

    Raises
    ------
    PolicyError
        If a file is absent, is not TOML, extends itself, or breaks a rule.
    """
    file = Path(path)
    return validate_policy(_merge_file(file, ()), StressPolicy, file)


def _merge_file(file: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    values: dict[str, Any] = read_toml(file)
    extended = values.pop("extends", None)
    if extended is None:
        return values
    if not isinstance(extended, str):
        message = f"{file} extends: expected the name of a policy file beside this one, found {extended!r}. Correct it."
        raise PolicyError(message)
    if file.resolve() in seen or len(seen) >= _DEEPEST:
        message = f"{file} extends: the files extend one another in a circle. Let one of them stand alone."
        raise PolicyError(message)
    return _merge(_merge_file(file.parent / extended, (*seen, file.resolve())), values)


def _merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        kept = merged.get(key)
        if isinstance(kept, Mapping) and isinstance(value, Mapping) and "value" not in value:
            merged[key] = _merge(kept, value)
        else:
            merged[key] = value
    return merged


def change_number(policy: StressPolicy, number: str, value: float) -> StressPolicy:
    """Return a policy with one number of one block changed.

    Parameters
    ----------
    policy : StressPolicy
        The policy; it is not changed.
    number : str
        Block and key, such as ``"trend.mean"``.
    value : float
        The new value; its unit, reference and date stay.

    Returns
    -------
    StressPolicy
        Its copy.

    Raises
    ------
    PolicyError
        If the value breaks a rule of the policy.
    """
    block, key = number.split(".")
    values = policy.model_dump()
    values[block][key]["value"] = value
    return validate_policy(values, StressPolicy, Path(f"{policy.name} with {number}={value}"))
