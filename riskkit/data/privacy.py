"""Privacy: person identifiers leave only as keyed hashes, and the key stays outside the data and the logs."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterable

KEY_VARIABLE = "RISKKIT_ID_KEY"
KEY_FILE = Path("~/.config/riskkit/id.key")
MINIMUM_KEY_BYTES = 16


def read_id_key() -> bytes:
    """Return the key of the identifier hashes; the first call on a machine makes one.

    Returns
    -------
    bytes
        The value of ``RISKKIT_ID_KEY`` where it is set, otherwise the content of ``~/.config/riskkit/id.key``, which
        only its owner can read.

    Raises
    ------
    DataContractError
        If the variable holds fewer than 16 bytes.
    """
    stated = os.environ.get(KEY_VARIABLE)
    if stated is not None:
        held = len(stated.encode())
        if held < MINIMUM_KEY_BYTES:
            message = f"{KEY_VARIABLE}: {held} bytes, expected at least {MINIMUM_KEY_BYTES}. Use a longer key."
            raise DataContractError(message)
        return stated.encode()
    file = KEY_FILE.expanduser()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(32))
    return file.read_bytes()


def hash_person_ids(person_ids: Iterable[str], key: bytes) -> pd.Series[str]:
    """Replace identifiers by keyed hashes.

    Parameters
    ----------
    person_ids : iterable of str
        Identifiers in clear.
    key : bytes
        Secret key; the same key gives the same hashes.

    Returns
    -------
    pandas.Series of str
        The first 128 bits of HMAC-SHA256, as 32 hexadecimal digits, in the given order.

    Examples
    --------
    >>> hash_person_ids(["a", "b", "a"], b"0123456789abcdef").nunique()
    2
    """
    values = [hmac.new(key, str(value).encode(), hashlib.sha256).hexdigest()[:32] for value in person_ids]
    return pd.Series(values, dtype="str")
