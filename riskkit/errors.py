"""The one tree of errors: every message says where, what was found, what was expected and what to do."""

from __future__ import annotations

from typing import ClassVar


class RiskkitError(Exception):
    """Base of every error that riskkit raises on purpose.

    The command line prints its message as one line and leaves with `exit_code`.

    Examples
    --------
    >>> issubclass(DataContractError, RiskkitError)
    True
    >>> DataContractError.exit_code
    10
    """

    exit_code: ClassVar[int] = 1


class DataContractError(RiskkitError):
    """Data that does not keep the contract of its table (exit code 10)."""

    exit_code = 10


class PolicyError(RiskkitError):
    """A policy or scheme file that cannot be carried out as written (exit code 11)."""

    exit_code = 11


class LeakageError(RiskkitError):
    """A record, label or person where it must not be, such as the future in the features (exit code 12)."""

    exit_code = 12


class AcceptanceError(RiskkitError):
    """A model or rate table that misses an acceptance gate (exit code 13)."""

    exit_code = 13


class ModelStoreError(RiskkitError):
    """A stored model that cannot be found, read or trusted (exit code 14)."""

    exit_code = 14
