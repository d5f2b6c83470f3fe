"""The forms in which a secret may stand in a text."""

import base64
import html
import json
from urllib.parse import quote, quote_plus


def forms_of(secret: str) -> frozenset[bytes]:
    """The secret as it is, as part of a URL, of HTML and of JSON, and within a text in base64."""
    escaped = json.dumps(secret)[1:-1]
    plain = {secret, escaped, escaped.replace("/", "\\/"), quote(secret), quote(secret, safe=""), quote_plus(secret)}
    plain |= {html.escape(form) for form in plain}
    return frozenset({form.encode() for form in plain} | _in_base64(secret.encode()))


def _in_base64(secret: bytes) -> set[bytes]:
    """What is common to every text in base64 that has the secret in it, by where in a group of three it begins."""
    found = set()
    for before in range(3):
        padded = bytes(before) + secret
        whole = padded[: len(padded) // 3 * 3]
        first = -(-before * 8 // 6)  # the first character that is of the secret alone
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(whole)[first:])
    return found
