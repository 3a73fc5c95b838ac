"""Policy files: TOML text turned into frozen, checked objects whose numbers carry unit, reference and date."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from riskkit.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails


class PolicyModel(BaseModel):
    """A block of a policy file: frozen, and an unknown key or a number that is none is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PolicyNumber(PolicyModel):
    """One policy number with what an auditor asks of it.

    Parameters
    ----------
    value : float
        The number itself, in `unit`.
    unit : str
        The field's unit, such as ``"CNY per member year"`` or ``"fraction"``.
    reference : str
        Where the number comes from: a statute, a contract, a document.
    effective : datetime.date
        First day on which the number holds.

    Examples
    --------
    >>> PolicyNumber(value=1200, unit="CNY per member year", reference="S1", effective=date(2024, 1, 1)).value
    1200.0
    """

    value: float
    unit: str = Field(min_length=1)
    reference: str = Field(min_length=1)
    effective: date


ModelT = TypeVar("ModelT", bound=BaseModel)


def read_toml(path: str | Path) -> dict[str, object]:
    """Read a TOML file as plain values.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.

    Returns
    -------
    dict
        The file's tables and keys.

    Raises
    ------
    PolicyError
        If the file is absent, is not UTF-8 or is not TOML.
    """
    file = Path(path)
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        message = (
            f"{file}: no such file. Give an existing policy file, or write a starting set with 'riskkit init DIR'."
        )
        raise PolicyError(message) from exc
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        message = f"{file}: not a readable TOML file ({exc}). Correct the text at that place."
        raise PolicyError(message) from exc


def read_policy(path: str | Path, model: type[ModelT]) -> ModelT:
    """Read a policy file into its frozen model.

    Parameters
    ----------
    path : str or pathlib.Path
        The TOML file.
    model : type of pydantic.BaseModel
        The model that the whole file must satisfy.

    Returns
    -------
    pydantic.BaseModel
        An instance of `model`.

    Raises
    ------
    PolicyError
        If the file is absent, is not TOML, or breaks a rule of the model; the message names file, block, key,
        what was found and what was expected.
    """
    return validate_policy(read_toml(path), model, Path(path))


def validate_policy(values: Mapping[str, object], model: type[ModelT], file: Path) -> ModelT:
    """Turn the plain values of a policy file into its frozen model.

    Parameters
    ----------
    values : mapping
        Tables and keys, as `read_toml` returns them.
    model : type of pydantic.BaseModel
        The model that they must satisfy.
    file : pathlib.Path
        Where they come from, for the message.

    Returns
    -------
    pydantic.BaseModel
        An instance of `model`.

    Raises
    ------
    PolicyError
        If a rule of the model is broken.
    """
    try:
        return model.model_validate(values)
    except ValidationError as exc:
        raise PolicyError(_first_problem(file, exc)) from exc


def _first_problem(file: Path, exc: ValidationError) -> str:
    """Say the first broken rule in one line, and how many more there are."""
    # A misspelt key explains why the right one is missing, so it is said first.
    problems = sorted(exc.errors(include_url=False), key=lambda problem: problem["type"] != "extra_forbidden")
    first = problems[0]
    more = f" ({len(problems) - 1} more after this one)" if len(problems) > 1 else ""
    names = [str(part) for part in first["loc"]]
    return f"{file}{_place(names, first)}: {_say(first, names[-1] if names else '')}{more}"


def _place(names: list[str], problem: ErrorDetails) -> str:
    """Say in which block, and at which key of it, as TOML writes them; nothing for a rule over the whole file."""
    if not names:
        return ""
    if isinstance(problem["input"], dict) and problem["type"] == "value_error":
        return f" [{'.'.join(names)}]"
    *block, key = names
    return f" [{'.'.join(block)}] {key}" if block else f" {key}"


def _say(problem: ErrorDetails, key: str) -> str:
    """Turn one pydantic problem into found, expected and what to do."""
    if problem["type"] == "extra_forbidden":
        return f"unknown key {key!r}. Remove it, or correct its spelling."
    if problem["type"] == "missing":
        return "the key is missing. Add it."
    reason = problem["msg"].removeprefix("Value error, ").rstrip(".")
    if problem["type"] == "value_error":
        return f"{reason}."
    found = repr(problem["input"])
    shown = found if len(found) <= 60 else found[:57] + "..."
    return f"{reason}, found {shown}. Correct the value."
