"""Workbooks written byte by byte, so that the tests need no library but the reader under test."""

from __future__ import annotations

import datetime
import struct
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

Cell = str | float | datetime.datetime
Table = list[list[Cell]]

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
    'sheet.main+xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
LINK = '<Relationship Id="{}" Type="' + OFFICE + '/{}" Target="{}"/>'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)


def serial(instant: datetime.datetime) -> float:
    """The spreadsheet's day number of an instant."""
    return (instant - datetime.datetime(1899, 12, 30)) / datetime.timedelta(days=1)


def _cell(value: Cell) -> str:
    if isinstance(value, datetime.datetime):
        return f'<c s="1"><v>{serial(value)!r}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>' if value else "<c/>"
    return f"<c><v>{value!r}</v></c>"


def write_xlsx(file: Path, table: Table) -> Path:
    """Write one sheet as .xlsx."""
    rows = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in table)
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": LINKS.format(LINK.format("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": LINKS.format(
            LINK.format("r1", "worksheet", "worksheets/sheet1.xml") + LINK.format("r2", "styles", "styles.xml")
        ),
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _biff(table: Table) -> bytes:
    """A workbook stream in BIFF8: globals, one sheet, a record per cell."""
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                sheet += _record(0x0204, place + struct.pack("<HB", len(value), 1) + text) if value else b""
            else:
                number = serial(value) if isinstance(value, datetime.datetime) else value
                sheet += _record(0x0203, place + struct.pack("<d", number))
    name = struct.pack("<BB", 1, 0) + b"S"
    place = len(start) + 4 + 6 + len(name) + 4
    start += _record(0x0085, struct.pack("<IH", place, 0) + name) + _record(0x000A, b"")
    return start + sheet + _record(0x000A, b"")


def write_xls(file: Path, table: Table) -> Path:
    """Write one sheet as .xls: a compound file with one stream, in sectors of 512 bytes."""
    stream = _biff(table)
    stream += b"\0" * (-len(stream) % 512) + b"\0" * max(0, 4096 - len(stream) - (-len(stream) % 512))
    sectors = len(stream) // 512
    # Sector 0 is the allocation table, 1 the directory, from 2 on the stream.
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    assert len(chain) <= 128
    table_sector = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0" if name else b""
        body = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return body + b"\0" * 36 + struct.pack("<IQ", first, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    directory += entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(head + table_sector + directory + stream)
    return file
