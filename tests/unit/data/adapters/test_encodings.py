"""Chinese text files told apart and rewritten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskkit.data.adapters import encodings
from riskkit.data.adapters.encodings import detect_encoding, rewrite_utf8
from riskkit.errors import DataContractError

TEXT = '结算流水号,诊断名称\nS1,２型糖尿病，无并发症\nS2,"慢性肾脏病,3期"\nS3,镕钜囍\n'


def rewrite(tmp_path: Path, content: bytes) -> tuple[list[str], bytes]:
    source, copy = tmp_path / "a.csv", tmp_path / "copy.csv"
    source.write_bytes(content)
    return rewrite_utf8(source, copy, {"诊断名称": "名称"}), copy.read_bytes()


@pytest.mark.parametrize("chunk", [1, 3, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_encoding_gives_the_same_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, encoding: str, ending: str
) -> None:
    monkeypatch.setattr(encodings, "CHUNK", chunk)
    names, copy = rewrite(tmp_path, TEXT.replace("\n", ending).encode(encoding))
    assert names == ["结算流水号", "名称"]
    # Full-width digits are plain; the full-width comma stays, since it does not part columns.
    assert copy.decode() == '结算流水号,名称\nS1,2型糖尿病，无并发症\nS2,"慢性肾脏病,3期"\nS3,镕钜囍\n'


def test_a_dagger_outside_gbk_is_read_from_gb18030(tmp_path: Path) -> None:
    _, copy = rewrite(tmp_path, "编码,名\nE11.2†N08.3*,肾\n".encode("gb18030"))
    assert copy.decode() == "编码,名\nE11.2†N08.3*,肾\n"


@pytest.mark.parametrize(
    ("mixture", "problem"),
    [
        # The header is 9 hanzi, a comma and a line feed: 18 + 2 bytes in GBK, 27 + 2 in UTF-8, where 'S1,' makes 32.
        (("gbk", "utf-8"), "line 2 (byte 20) in UTF-8 and line 1 (byte 0) not"),
        (("utf-8", "gbk"), "line 1 (byte 0) in UTF-8 and line 2 (byte 32) not"),
    ],
    ids=["gbk-first", "utf8-first"],
)
@pytest.mark.parametrize("chunk", [1, 1 << 20])
def test_a_file_of_two_encodings_is_refused_with_byte_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, mixture: tuple[str, str], problem: str
) -> None:
    monkeypatch.setattr(encodings, "CHUNK", chunk)
    first, second = mixture
    file = tmp_path / "a.csv"
    file.write_bytes("结算流水号,诊断名称\n".encode(first) + "S1,糖尿病\n".encode(second))
    with pytest.raises(DataContractError, match=re.escape(problem)):
        detect_encoding(file)


def test_a_file_of_no_known_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a,b\n1,\xff\n")
    with pytest.raises(DataContractError) as error:
        detect_encoding(file)
    assert str(error.value).startswith(
        "a.csv: found byte 6 (line 2), which is not UTF-8, and byte 6 (line 2), which is not GB18030"
    )


def test_ascii_is_utf8(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a,b\n1,2\n")
    assert detect_encoding(file) == "utf-8"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "a.csv: found no header"),
        (b"\n1,2\n", "a.csv: found no header"),
        ("诊断名称,名称\n1,2\n".encode(), "a.csv: found columns ['诊断名称', '名称'], which all mean '名称'"),
    ],
    ids=["empty", "blank-header", "twice"],
)
def test_a_broken_header_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(DataContractError, match=re.escape(problem)):
        rewrite(tmp_path, content)
