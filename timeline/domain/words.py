"""The one tokenizer: texts of any script as words that are compared as they stand."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

MAX_WORD = 40  # characters by which words are told apart
GAP = "|"  # in a line: what stands on both sides of it does not adjoin

_ASCII = re.compile("[a-z0-9]+")
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]+"
)
# Thai, Lao, Myanmar, Khmer, kana, Han: written without spaces between words.
_SPACELESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uaa60-\uaa7f\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b"
    "\u3041-\u3096\u3099-\u309f\u30a1-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff]+)"
)


def fold(text: str) -> str:
    """What is left of the differences between characters that are the same to a reader: case, width, composition.

    Diacritics stay: in many scripts they are letters.
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _IGNORED.sub("", text)).casefold())


def runs(folded: str) -> list[tuple[str, bool]]:
    """Letters, digits and marks that stand together; and whether a run is of a script without spaces."""
    if folded.isascii():
        return [(word, False) for word in _ASCII.findall(folded)]
    found = []
    for word in _words().findall(folded):
        parts = _SPACELESS.split(word)
        found += [(part, index % 2 == 1) for index, part in enumerate(parts) if part]
    return found


@cache
def _words() -> re.Pattern[str]:
    """`\\w` knows letters and digits, but not the marks that are part of words in Devanagari, Arabic or Thai."""
    marks = [chr(code) for code in range(0x300, 0x20000) if unicodedata.category(chr(code)).startswith("M")]
    return re.compile(f"[^\\W_](?:[^\\W_]|[{''.join(marks)}])*")


def words(text: str) -> list[str]:
    """The words of a text. Without spaces each two adjoining characters are one, and so is the last character alone:
    so whatever stands in a run stands at the beginning of words.
    """
    found = []
    for run, spaceless in runs(fold(text)):
        found += [run[start : start + 2] for start in range(len(run))] if spaceless else [run[:MAX_WORD]]
    return found


def line(texts: Iterable[str]) -> str:
    """The words of several texts as one line, with a blank before and after each."""
    listed = (" ".join(words(text)) for text in texts)
    joined = f" {GAP} ".join(each for each in listed if each)
    return f" {joined} " if joined else " "
