"""Identifiers leave as keyed hashes, and the key is made once, for its owner alone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from riskkit.data import privacy
from riskkit.data.privacy import KEY_FILE, KEY_VARIABLE, hash_person_ids, read_id_key
from riskkit.errors import DataContractError


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    return KEY_FILE.expanduser()


def test_the_first_call_makes_a_key_that_only_its_owner_can_read(key_file: Path) -> None:
    key = read_id_key()
    # 32 random bytes are 64 hexadecimal digits
    assert len(key) == 64
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert read_id_key() == key
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]


def test_the_variable_goes_before_the_file_and_makes_none(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "sixteen bytes ok")
    assert read_id_key() == b"sixteen bytes ok"
    assert not key_file.exists()


@pytest.mark.parametrize("value", ["", "fifteen bytes.."])
def test_a_short_key_is_refused_without_being_shown(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, value)
    with pytest.raises(DataContractError, match=f"{KEY_VARIABLE}: {len(value)} bytes, expected at least 16") as caught:
        read_id_key()
    assert "fifteen" not in str(caught.value)


def test_a_short_key_in_the_file_is_refused(key_file: Path) -> None:
    key_file.parent.mkdir(parents=True)
    key_file.touch(mode=0o600)
    with pytest.raises(DataContractError, match=r"id.key: 0 bytes, expected at least 16"):
        read_id_key()


def test_a_key_file_that_others_can_read_is_refused(key_file: Path) -> None:
    read_id_key()
    key_file.chmod(0o640)
    with pytest.raises(DataContractError, match=r"others than its owner can read it. Run 'chmod 600 ~/.config"):
        read_id_key()


def test_of_two_that_start_together_both_get_the_first_key(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_id_key()
    # The second process looked before the first one's file was there.
    monkeypatch.setattr(Path, "exists", lambda self: False)
    assert read_id_key() == first


def test_a_home_that_takes_no_file_is_said_with_the_way_out(
    key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".config").write_text("a file where a folder should be")
    with pytest.raises(DataContractError, match=f"no key can be kept there .*Set {KEY_VARIABLE}"):
        read_id_key()
    assert privacy.MINIMUM_KEY_BYTES == 16


def test_hashes_keep_order_and_repeat_and_hide_the_identifier() -> None:
    hashed = hash_person_ids(["P1", "P2", "P1"], b"0123456789abcdef")
    assert hashed.str.fullmatch("[0-9a-f]{32}").all()
    assert hashed[0] == hashed[2] != hashed[1]
    assert hash_person_ids(["P1"], b"another key, 16+")[0] != hashed[0]


def test_the_hash_is_hmac_sha256() -> None:
    # RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?"; the first 128 bits
    hashed = hash_person_ids(["what do ya want for nothing?"], b"Jefe")
    assert hashed.tolist() == ["5bdcc146bf60754e6a042426089575c7"]
