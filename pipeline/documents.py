"""From paths to clean texts: what is found, how it is decoded, and what is refused and why."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from pipeline.errors import DocumentError
from pipeline.records import Text
from pipeline.text import clean, safe_name

MAX_BYTES = 20_000_000
_SIGNATURES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or office file",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"SQLite format 3": "a SQLite database",
    b"\x7fELF": "a program",
    b"{\\rtf": "an RTF file",
}
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MAX_CONTROL_SHARE = 0.02

Refusal = tuple[str, str]


EMPTY_FOLDER = "the folder holds no files"


def find_files(arguments: Iterable[str]) -> tuple[list[Path], list[Refusal]]:
    """Return the files that paths and folders name, in order, and what was refused with reasons.

    Folders are walked by name. Hidden entries are passed over; symbolic links inside a folder are
    refused, since they may lead out of it or round in circles.
    """
    files: list[Path] = []
    refused: list[Refusal] = []
    for argument in arguments:
        known = len(refused)
        if not argument:
            refused.append(("''", "an empty path names nothing"))
            continue
        found = list(_expand(Path(argument), refused))
        if not found and len(refused) == known:
            refused.append((argument, EMPTY_FOLDER))
        files += found
    return list(dict.fromkeys(files)), refused


def _expand(path: Path, refused: list[Refusal], *, inside: bool = False) -> Iterator[Path]:
    try:
        if inside and path.is_symlink():
            refused.append((shown(path), "a symbolic link inside a folder is not followed"))
            return
        path.stat()
        entries = sorted(path.iterdir()) if path.is_dir() else None
    except (OSError, ValueError) as error:
        refused.append((shown(path), _reason(error)))
        return
    if entries is None:
        yield path
        return
    for entry in entries:
        if not entry.name.startswith("."):
            yield from _expand(entry, refused, inside=True)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    return (getattr(error, "strerror", None) or str(error)).lower()


def shown(path: Path) -> str:
    """Return a path as text; bytes of its name that are no UTF-8 are escaped."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def load_text(path: Path) -> Text:
    """Read one file as clean text.

    Raises:
        DocumentError: it is missing, unreadable, too large, empty, or not text.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise DocumentError("not a regular file")
        if size > MAX_BYTES:
            raise DocumentError(
                f"{size / 1e6:.0f} MB is more than the {MAX_BYTES / 1e6:.0f} MB that one document "
                "may have; split it"
            )
        raw = path.read_bytes()
    except OSError as error:
        raise DocumentError(_reason(error)) from error
    text = clean(decode(raw))
    if not text.strip():
        raise DocumentError("the file is empty")
    digest = sha256(text.encode("utf-8")).hexdigest()
    return Text(path=shown(path.absolute()), name=safe_name(path.name), text=text, sha256=digest)


def decode(raw: bytes) -> str:
    """Decode UTF-8, or UTF-16 and UTF-32 with a byte-order mark; nothing is guessed.

    Raises:
        DocumentError: the bytes are not text in one of these encodings.
    """
    for signature, what in _SIGNATURES.items():
        if raw.startswith(signature):
            raise DocumentError(f"this is {what}, not a text file")
    encoding = next((name for bom, name in _BOMS if raw.startswith(bom)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"not {encoding.removesuffix('-sig').upper()} text (byte {error.start}); "
            "save it as UTF-8"
        ) from error
    controls = len(_CONTROL.findall(text))
    if controls > max(8, _MAX_CONTROL_SHARE * len(text)):
        raise DocumentError(
            f"binary data, or UTF-16 without a byte-order mark ({controls} control characters); "
            "save it as UTF-8"
        )
    return text
