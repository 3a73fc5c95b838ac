"""Privacy: person identifiers leave only as keyed hashes, and the key stays outside the data and the logs."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
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
        If the key has fewer than 16 bytes, the file can be read by others, or no file can be made.
    """
    stated = os.environ.get(KEY_VARIABLE)
    if stated is not None:
        return _long_enough(KEY_VARIABLE, stated.encode())
    try:
        file = KEY_FILE.expanduser()
        if not file.exists():
            _make_key_file(file)
        shared = os.name == "posix" and file.stat().st_mode & 0o077
        held = file.read_bytes().strip()
    except (OSError, RuntimeError) as exc:
        message = f"{KEY_FILE}: no key can be kept there ({exc}). Set {KEY_VARIABLE} to a secret of your own."
        raise DataContractError(message) from exc
    if shared:
        message = f"{KEY_FILE}: others than its owner can read it. Run 'chmod 600 {KEY_FILE}'."
        raise DataContractError(message)
    return _long_enough(str(KEY_FILE), held)


def _long_enough(place: str, key: bytes) -> bytes:
    if len(key) < MINIMUM_KEY_BYTES:
        message = f"{place}: {len(key)} bytes, expected at least {MINIMUM_KEY_BYTES}. Use a longer key."
        raise DataContractError(message)
    return key


def _make_key_file(file: Path) -> None:
    """Make the file whole and at once: of two processes that start together, both get the first one's key."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # The temporary file is readable by its owner alone; a link, unlike a rename, never takes another's place.
    descriptor, part = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(part, file)
    finally:
        Path(part).unlink()


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
