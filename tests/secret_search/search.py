"""The search: which place holds which secret."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.secret_search.forms import forms_of


@dataclass(frozen=True)
class Piece:
    """Something to read.

    Args:
        place: the kind of place it is from, such as "Luigi".
        name: which file, page, object or process it is.
        data: what it says.
    """

    place: str
    name: str
    data: bytes


@dataclass(frozen=True)
class Finding:
    """A secret in a place.

    Args:
        secret: what the secret is called; the secret itself is in no report.
        place: the kind of place.
        name: which file, page, object or process.
    """

    secret: str
    place: str
    name: str


@dataclass(frozen=True)
class Report:
    """What a search found.

    Args:
        findings: the secrets that were found, each once for each piece.
        read: bytes read, by place.
    """

    findings: frozenset[Finding]
    read: Mapping[str, int]

    def places_of(self, secret: str) -> set[str]:
        """The places that hold the secret."""
        return {finding.place for finding in self.findings if finding.secret == secret}

    def of(self, secrets: Iterable[str]) -> list[str]:
        """The findings of some secrets, as lines."""
        wanted = set(secrets)
        return sorted(f"{f.secret} in {f.place}: {f.name}" for f in self.findings if f.secret in wanted)


def search(pieces: Iterable[Piece], secrets: Mapping[str, str]) -> Report:
    """Look for every form of every secret in every piece.

    Args:
        pieces: what to read; each is dropped once it is read.
        secrets: by what they are called.
    """
    forms = {name: forms_of(secret) for name, secret in secrets.items()}
    findings: set[Finding] = set()
    read: dict[str, int] = {}
    for piece in pieces:
        read[piece.place] = read.get(piece.place, 0) + len(piece.data)
        findings |= {Finding(secret, piece.place, piece.name) for secret in _within(piece, forms)}
    return Report(frozenset(findings), read)


def _within(piece: Piece, forms: Mapping[str, frozenset[bytes]]) -> Iterator[str]:
    # A name is part of what a place shows: the key of an object, the address of a page.
    text = piece.name.encode(errors="surrogateescape") + b"\n" + piece.data
    return (secret for secret, written in forms.items() if any(form in text for form in written))
