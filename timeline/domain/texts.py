"""Text that every database, every JSON reader and every page can carry."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from timeline.domain.limits import MAX_NAME, MAX_SHORT, MAX_SLUG, MAX_TEXT, MAX_URL
from timeline.errors import BadInput, TooLarge

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_URL = re.compile(r"https?://(?:[^/?#@]*@)?(\[[^\]/?#]+\]|[^:/?#@\[\]\s]+)", re.IGNORECASE)  # its host is the group
_SLUG = re.compile(r"[a-z0-9.-]+")


def text(value: object, limit: int = MAX_TEXT) -> str:
    """A text of 1 to `limit` characters. PostgreSQL refuses NUL and SQLite stores it silently: both refuse it here."""
    if not isinstance(value, str):
        raise BadInput(f"a text is needed, not {kind_of(value)}")
    if not value.strip():
        raise BadInput("a text is needed, not blanks")
    if len(value) > limit:
        raise TooLarge(f"at most {limit:,} characters, not {len(value):,}")
    if found := _UNSTORABLE.search(value):
        raise BadInput(f"the character U+{ord(found[0]):04X} cannot be stored")
    return value


def line(value: object, limit: int = MAX_SHORT) -> str:
    """A text without control characters and direction overrides, which would forge what stands beside it."""
    checked = text(value, limit)
    if found := _CONTROL.search(checked):
        raise BadInput(f"the control character U+{ord(found[0]):04X} is not allowed here")
    return checked


def name(value: object) -> str:
    return line(value, MAX_NAME)


def slug(value: object) -> str:
    """Lower-case ASCII letters, digits, `-` and `.`; 1 to 100 characters."""
    if not isinstance(value, str):
        raise BadInput(f"a slug is needed, not {kind_of(value)}")
    if not _SLUG.fullmatch(value) or len(value) > MAX_SLUG:
        raise BadInput(
            f"{value[:MAX_SLUG]!r} is not a slug: 1 to {MAX_SLUG} lower-case ASCII letters, digits, '-' and '.'"
        )
    return value


def url(value: object) -> str:
    """An absolute http or https address with a host, as it was given."""
    checked = line(value, MAX_URL)
    if not _URL.match(checked) or " " in checked:
        raise BadInput("an absolute http or https URL is needed")
    try:
        urlsplit(checked)
    except ValueError as error:
        raise BadInput(f"not a URL: {error}") from None
    return checked


def host_of(address: str) -> str:
    """The host of an accepted URL, in lower case and without a leading `www.`."""
    found = _URL.match(address)
    return found[1].lower().removeprefix("www.") if found else ""


def enumerated(items: Iterable[object]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    *others, last = [str(item) for item in items] or [""]
    return f"{', '.join(others)} and {last}" if others else last


def kind_of(value: object) -> str:
    """What JSON calls it, for messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list() | tuple():
            return "a list"
        case dict():
            return "an object"
        case _:
            return f"a {type(value).__name__}"
