"""What people type into a search box: words and phrases, all of which must be found. Nothing in it is an operator."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from timeline.domain.limits import MAX_PHRASES, MAX_SEARCH
from timeline.domain.words import MAX_WORD, fold, runs
from timeline.errors import TooLarge

_QUOTES = re.compile('["\u201c\u201d\u201e\u201f\u00ab\u00bb]')


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that adjoin; with `prefix` the last of them is the beginning of one."""

    words: tuple[str, ...]
    prefix: bool

    @property
    def needle(self) -> str:
        """What a line (`words.line`) that has the phrase contains."""
        return f" {' '.join(self.words)}{'' if self.prefix else ' '}"

    @property
    def keys(self) -> list[tuple[str, bool]]:
        """The words that have to be there, and whether each is the beginning of one; the longest whole one first, since
        it tells most.
        """
        last = len(self.words) - 1
        found = dict.fromkeys((word, self.prefix and number == last) for number, word in enumerate(self.words))
        return sorted(found, key=lambda key: (key[1], -len(key[0])))

    @property
    def key(self) -> tuple[str, bool]:
        return self.keys[0]


NOTHING = Phrase(("\x1f",), prefix=False)  # a word that no text has: words are of letters and digits


@lru_cache(maxsize=200)
def phrases_of(text: str) -> tuple[Phrase, ...]:
    """Each word, and each phrase in quotes. TOO_LARGE past the limits.

    None of what is but blanks and quotes; NOTHING of what has something else, but no letter and no digit.
    The last word is taken as the beginning of one, unless it is in quotes that are closed. What is joined by other than
    blanks (`deepseek-v3`) is a phrase.
    """
    if len(text) > MAX_SEARCH:
        raise TooLarge(f"at most {MAX_SEARCH} characters, not {len(text):,}")
    found = dict.fromkeys(_phrases(text))
    if not found and _QUOTES.sub("", text).strip():
        return (NOTHING,)
    if len(found) > MAX_PHRASES:
        raise TooLarge(f"at most {MAX_PHRASES} words and phrases, not {len(found)}")
    return tuple(found)


def _phrases(text: str) -> Iterator[Phrase]:
    parts = _QUOTES.split(fold(text).strip())
    chunks = [
        (chunk, index % 2 == 1)
        for index, part in enumerate(parts)
        for chunk in ([part] if index % 2 == 1 else part.split())
    ]
    is_closed = len(parts) % 2 == 1
    for number, (chunk, quoted) in enumerate(chunks, 1):
        last = number == len(chunks) and not (quoted and is_closed)
        phrase = _phrase(chunk, prefix=last)
        if phrase is not None:
            yield phrase


def _phrase(chunk: str, *, prefix: bool) -> Phrase | None:
    found: list[str] = []
    parts = runs(chunk)
    for number, (run, spaceless) in enumerate(parts, 1):
        if not spaceless:
            found.append(run[:MAX_WORD])
        elif number == len(parts) and len(run) > 1:  # whatever goes on after it
            found += [run[start : start + 2] for start in range(len(run) - 1)]
            prefix = False
        else:
            found += [run[start : start + 2] for start in range(len(run))]
            prefix = prefix or number == len(parts)
    return Phrase(tuple(found), prefix) if found else None
