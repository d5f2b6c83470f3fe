"""The header of a CSV file, read before Spark sees it: Spark takes columns by position, we by name."""

import codecs
import csv
import io
import zlib

from domain.errors import SourceError
from domain.source.header import require_distinct
from domain.source.mapping_parts import TextFormat
from ports.source_store import SourceStore

HEAD_BYTES = 1 << 18
_GZIP = 31  # zlib's name for the format with gzip's own header
_GARBAGE_LINES = 0.2  # as many lines out of the encoding mean that the encoding is wrong, not the lines
_GUESSES = ("utf-8", "cp1252")
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def head_of(path: str, stores: SourceStore) -> bytes:
    """The first bytes of a file, decompressed where its name ends in .gz; raises SourceError when it is no gzip."""
    head = stores.first_bytes(path, HEAD_BYTES)
    return _decompressed(path, head) if path.endswith(".gz") else head


def damaged_gzip(path: str) -> SourceError:
    """A file that is called .gz and is not, or ends too early."""
    return SourceError(
        f"The file '{path}' is not whole gzip data: it is cut off, damaged, or not compressed at all.",
        "Copy or download it again, or take '.gz' off its name.",
    )


def read_header(path: str, head: bytes, form: TextFormat) -> tuple[str, ...]:
    """The names of a file's columns, in its order; empty ones are named by their place.

    Raises SourceError for an empty file, text in another encoding, or a name that stands twice.
    """
    if not head.strip():
        raise SourceError(f"The file '{path}' is empty.", "Copy it again, or leave it out of the mapping.")
    text = _decoded(path, head, form.encoding)
    first = next(csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, quotechar=form.quote), [])
    names = tuple(name.strip() or f"(column {place})" for place, name in enumerate(first, start=1))
    require_distinct(path, names)
    return names


def _decompressed(path: str, head: bytes) -> bytes:
    """What the beginning of a compressed file says, which may be of several parts."""
    told = b""
    left = head
    try:
        while left and len(told) < HEAD_BYTES:
            part = zlib.decompressobj(_GZIP)
            told += part.decompress(left, HEAD_BYTES - len(told))
            if not part.eof:
                break
            left = part.unused_data
    except zlib.error as error:
        raise damaged_gzip(path) from error
    if len(head) < HEAD_BYTES and len(told) < HEAD_BYTES and not part.eof:
        raise damaged_gzip(path)
    return told


def _decoded(path: str, head: bytes, encoding: str) -> str:
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    if marked is not None and codecs.lookup(marked) != codecs.lookup(encoding):
        raise _wrong_encoding(path, encoding, marked)
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    lines = text.splitlines()[:-1] or [text]  # the last line may end in half a character
    garbage = sum("\ufffd" in line or "\x00" in line for line in lines)
    if "\ufffd" in lines[0] or "\x00" in lines[0] or garbage > _GARBAGE_LINES * len(lines):
        raise _wrong_encoding(path, encoding, _guess(head))
    return text


def _guess(head: bytes) -> str:
    """An encoding that the bytes may be in."""
    if head.count(b"\x00") > len(head) // 4:
        return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
    for name in _GUESSES:
        try:
            head[:-4].decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return "latin-1"


def _wrong_encoding(path: str, encoding: str, guess: str) -> SourceError:
    return SourceError(
        f"The file '{path}' is not text in {encoding}.",
        f'Set encoding = "{guess}" in the table [format] of the mapping.',
    )
