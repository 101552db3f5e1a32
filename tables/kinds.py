"""Names what a file is when it is no table of text."""

from __future__ import annotations

from foundation.user_error import UserError
from tables.encoding import wide

SIGNATURES = {
    b"version https://git-lfs.github.com/spec": "a Git LFS pointer, not the file itself: run `git lfs pull`",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"PAR1": "a Parquet file: save it as CSV",
    b"\x89HDF": "an HDF5 or NetCDF file: save it as CSV",
    b"CDF\x01": "a NetCDF file: save it as CSV",
    b"CDF\x02": "a NetCDF file: save it as CSV",
    b"%PDF": "a PDF document: give a CSV file",
    b"SQLite format 3": "an SQLite database: save the table as CSV",
    b"BZh": "packed by bzip2: unpack it first",
    b"\xfd7zXZ": "packed by xz: unpack it first",
    b"7z\xbc\xaf": "packed by 7-Zip: unpack it first",
    b"Rar!": "packed by RAR: unpack it first",
    b"\x28\xb5\x2f\xfd": "packed by Zstandard: unpack it first",
    b"\x1f\x8b": "packed twice: unpack it first",
    b"PK\x03\x04": "packed twice: unpack it first",
    b"{": "a JSON file: save it as CSV",
    b"[": "a JSON file: save it as CSV",
}
WORKBOOK = "an Excel workbook: save the sheet as CSV"
TAR = b"ustar"
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def refuse_other_kinds(head: bytes, name: str) -> None:
    """Raises a UserError if the first bytes of a file are not those of a text table.

    Args:
        head: The file's first bytes.
        name: What to call the file.
    """
    if not head.strip():
        raise UserError(f"{name} is empty: give a CSV file with a header and rows")
    for signature, kind in SIGNATURES.items():
        if head.startswith(signature):
            raise UserError(f"{name} is {kind}")
    if head[257:262] == TAR:
        raise UserError(f"{name} is a tar archive: unpack it first")
    opening = head[:2000].lstrip(BOMS[0] + b" \t\r\n").lower()
    if opening.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<script")):
        raise UserError(f"{name} is a web page, not a table: download the file itself")
    if b"\0" in head and not head.startswith(BOMS) and not wide(head):
        raise UserError(f"{name} is a binary file: give a CSV file")
