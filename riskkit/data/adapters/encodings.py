"""Encodings: a Chinese CSV in UTF-8 or GB18030, told apart by strict decoding, rewritten under known headers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING

from riskkit.errors import DataContractError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CHUNK = 1 << 20
UTF8, GB18030 = "utf-8", "gb18030"
UTF8_HANZI = re.compile(
    rb"(?:[\x00-\x7f]|[\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf])*[\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf].*"
)
# Letters, digits and marks that a code may hold; the comma and the quote stay, since they would break the columns.
PLAIN = {
    **{ord(full): chr(ord(full) - 0xFEE0) for full in map(chr, range(0xFF01, 0xFF5F)) if full not in "，＂"},
    0x3000: " ",
}


def detect_encoding(file: Path) -> str:
    """Find a file's encoding by decoding all of it strictly.

    Parameters
    ----------
    file : pathlib.Path
        The file.

    Returns
    -------
    {"utf-8", "gb18030"}
        GBK is a part of GB18030. Plain ASCII counts as UTF-8.

    Raises
    ------
    DataContractError
        If the file is neither, or some of its lines are UTF-8 and others are not; the message has byte and line.
    """
    not_utf8 = _first_fault(file, UTF8)
    if not_utf8 is None:
        return UTF8
    not_gb = _first_fault(file, GB18030)
    other = _first_utf8_line(file)
    if not_gb is None and other is None:
        return GB18030
    if other is not None:
        found = f"line {other[1]} (byte {other[0]}) in UTF-8 and line {not_utf8[1]} (byte {not_utf8[0]}) not"
    else:
        found = f"byte {not_utf8[0]} (line {not_utf8[1]}), which is not UTF-8"
        if not_gb is not None:
            found += f", and byte {not_gb[0]} (line {not_gb[1]}), which is not GB18030"
    message = f"{file.name}: found {found}, expected one encoding, UTF-8 or GBK. Export the file again in one of them."
    raise DataContractError(message)


def rewrite_utf8(file: Path, target: Path, headers: Mapping[str, str]) -> list[str]:
    """Copy a CSV as UTF-8 without a mark, its header in the layout's names, full-width letters and digits made plain.

    Lines end in a line feed, whichever way they ended.

    Parameters
    ----------
    file : pathlib.Path
        CSV in UTF-8, with or without a mark, or in GB18030.
    target : pathlib.Path
        The copy.
    headers : mapping of str to str
        The layout's name of each header that may stand; another header stays as it is.

    Returns
    -------
    list of str
        The header of the copy.

    Raises
    ------
    DataContractError
        If the file cannot be decoded or is empty, or two columns have one name.
    """
    encoding = detect_encoding(file)
    chunks = _decode(file, encoding)
    head = ""
    for chunk in chunks:
        head += chunk
        if "\n" in chunk:
            break
    line, _, rest = head.removeprefix("\ufeff").partition("\n")
    if not line.strip():
        message = f"{file.name}: found no header, expected the names of the columns. Export the file again."
        raise DataContractError(message)
    stated = [name.strip() for name in next(csv.reader([line]))]
    names = [headers.get(name, name) or f"(column {place})" for place, name in enumerate(stated, start=1)]
    for name in names:
        if names.count(name) > 1:
            both = [text for text, held in zip(stated, names, strict=True) if held == name]
            message = f"{file.name}: found columns {both}, which all mean {name!r}, expected one. Remove the others."
            raise DataContractError(message)
    with target.open("w", encoding="utf-8", newline="") as copy:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerow(names)
        copy.write(buffer.getvalue())
        copy.write(rest)
        copy.writelines(chunks)
    return names


def _decode(file: Path, encoding: str) -> Iterator[str]:
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("strict"), translate=True)
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield decoder.decode(chunk).translate(PLAIN)
        yield decoder.decode(b"", final=True)


def _first_fault(file: Path, encoding: str) -> tuple[int, int] | None:
    """Byte offset and line of the first byte that the encoding does not allow."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    before, lines = 0, 1
    with file.open("rb") as source:
        while True:
            chunk = source.read(CHUNK)
            held = decoder.getstate()[0]
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as exc:
                place = before - len(held) + exc.start
                return place, lines + (held + chunk)[: exc.start].count(b"\n")
            if not chunk:
                return None
            before += len(chunk)
            lines += chunk.count(b"\n")


def _first_utf8_line(file: Path) -> tuple[int, int] | None:
    """Byte offset and number of the first line of UTF-8 hanzi in a file that is not UTF-8.

    A run of GBK is pairs of bytes and a run of UTF-8 hanzi triples: only words of three rare characters are both.
    """
    place = 0
    with file.open("rb") as source:
        for number, line in enumerate(source, start=1):
            if not line.isascii() and UTF8_HANZI.match(line) and _is_utf8(line):
                return place, number
            place += len(line)
    return None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True
