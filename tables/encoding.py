"""Finds the encoding of a table's first bytes."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WESTERN = "cp1252"
FOREIGN = re.compile(r"[À-ÖØ-öø-ÿ]{3}|[^\x00-\x7fÀ-ÿ°²³µ¹¼½¾±·‰€’–]")
"""In text read as Western: three accented letters in a row, or a sign that no name or unit of measurement has."""


def wide(head: bytes) -> str | None:
    """Returns the name of UTF-16 without a mark at its start, known by zeros in every other place; None if it is not.

    Args:
        head: A file's first bytes.
    """
    low, high = (head[start::2].count(0) / max(1, len(head) // 2) for start in (0, 1))
    if min(low, high) > 0.01 or max(low, high) < 0.5:
        return None
    return "utf-16-le" if high > low else "utf-16-be"


def detect(head: bytes) -> tuple[str, bool]:
    """Returns the name of the encoding, and whether it is certain.

    Valid UTF-8 is taken for UTF-8. Of the rest, Western names and units (Latin-1 and Windows-1252) are recognised by
    their letters, since a header has too few of them for statistics; charset-normalizer decides about other scripts.
    """
    for bom, name in BOMS.items():
        if head.startswith(bom):
            return name, True
    if unmarked := wide(head):
        return unmarked, True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut
        return "utf-8", True
    except UnicodeDecodeError:
        pass
    lines = b"\n".join(line for line in head.splitlines() if not line.isascii())
    if not FOREIGN.search(lines.decode(WESTERN, "replace")):
        return WESTERN, True
    best = charset_normalizer.from_bytes(lines).best()
    return (best.encoding if best else "latin-1"), False
