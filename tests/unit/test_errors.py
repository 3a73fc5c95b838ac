"""One tree of errors, one exit code each."""

from __future__ import annotations

import pytest

from riskkit import errors


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("RiskkitError", 1),
        ("DataContractError", 10),
        ("PolicyError", 11),
        ("LeakageError", 12),
        ("AcceptanceError", 13),
        ("ModelStoreError", 14),
    ],
)
def test_each_error_leaves_with_its_own_code(name: str, code: int) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, errors.RiskkitError)
    assert kind.exit_code == code
    assert str(kind("said once")) == "said once"
