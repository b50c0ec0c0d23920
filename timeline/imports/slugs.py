"""Slugs from names in any script."""

import hashlib
import re
import unicodedata

from timeline.domain.limits import MAX_SLUG

# Latin letters that Unicode does not take apart into a letter and a mark.
_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_BETWEEN = re.compile(r"[^a-z0-9.]+|\.(?!\d)|(?<!\d)\.")  # a dot is kept inside a number, as in 3.5


def slug_of(name: str) -> str:
    """`GPT-3.5 Turbo` as `gpt-3.5-turbo`.

    What a slug cannot hold and yet tells names apart (other scripts, the `+` of `C++`) goes into a short hash at the
    end, so that two names never become one by accident. Unicode promises that this stays the same for ever.
    """
    whole = unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
    marked = unicodedata.normalize("NFKD", whole.translate(_LATIN))
    plain = "".join(each for each in marked if not unicodedata.combining(each))
    slug = re.sub("-+", "-", _BETWEEN.sub("-", plain)).strip("-")
    if slug and len(slug) <= MAX_SLUG and not any(map(_tells_apart, plain)):
        return slug
    digest = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{slug[: MAX_SLUG - 9]}-{digest}".strip("-")


def _tells_apart(character: str) -> bool:
    if character.isascii():
        return character in "+#"
    return unicodedata.category(character)[0] in "LNMS"
