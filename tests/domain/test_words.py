"""Texts as words, and what is typed as phrases: in any script, and never a fault."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.domain.limits import MAX_PHRASES, MAX_SEARCH
from timeline.domain.searches import NOTHING, phrases_of
from timeline.domain.words import GAP, MAX_WORD, line, words
from timeline.errors import TooLarge


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DeepSeek-V3, for $5.576M!", ["deepseek", "v3", "for", "5", "576m"]),
        ("Straße ΣΊΣΥΦΟΣ ﬁne ＡＩ", ["strasse", "σίσυφοσ", "fine", "ai"]),
        ("Zürich zurich", ["zürich", "zurich"]),
        ("Zu\u0308rich", ["zürich"]),
        ("Ёлка и ЕЖ", ["ёлка", "и", "еж"]),
        ("الذَّكاء الاصطناعي", ["الذَّكاء", "الاصطناعي"]),
        ("می\u200cخواهم", ["میخواهم"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("人工智能", ["人工", "工智", "智能", "能"]),
        ("GPT模型3号", ["gpt", "模型", "型", "3", "号"]),
        ("ｶﾞﾗｽ", ["ガラ", "ラス", "ス"]),
        ("ไทย", ["ไท", "ทย", "ย"]),
        ("서울에서", ["서울에서"]),
        ("🙂 _ ❤️ --", []),
        ("x" * 50, ["x" * MAX_WORD]),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == [unicodedata.normalize("NFC", word) for word in found]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("deep", [("deep", True)]),
        ("Deep seek", [("deep", False), ("seek", True)]),
        ('"deep seek"', [("deep seek", False)]),
        ('"deep se', [("deep se", True)]),
        ('deep "top ten" ', [("deep", False), ("top ten", False)]),
        ("v3 deepseek-v3", [("v3", False), ("deepseek v3", True)]),
        ("“deep seek” «top»", [("deep seek", False), ("top", False)]),
        ("智", [("智", True)]),
        ('"智"', [("智", True)]),
        ("智能", [("智能", False)]),
        ("人工智能", [("人工 工智 智能", False)]),
        ("gpt模型 x", [("gpt 模型", False), ("x", True)]),
        ('"模型 gpt"', [("模型 型 gpt", False)]),
        (
            "deep AND NOT (seek OR col:x*)",
            [(w, False) for w in ("deep", "and", "not", "seek", "or")] + [("col x", True)],
        ),
        ('""', []),
        ("*", [("\x1f", False)]),
        ("🙂 %", [("\x1f", False)]),
        ("deep 🙂", [("deep", False)]),
        ("", []),
    ],
)
def test_phrases(typed: str, found: list[tuple[str, bool]]) -> None:
    assert [(" ".join(phrase.words), phrase.prefix) for phrase in phrases_of(typed)] == found


def test_limits() -> None:
    with pytest.raises(TooLarge, match="at most 200 characters, not 201"):
        phrases_of("x" * (MAX_SEARCH + 1))
    with pytest.raises(TooLarge, match="at most 12 words and phrases, not 13"):
        phrases_of(" ".join(f"w{number}" for number in range(MAX_PHRASES + 1)))


@given(st.text(max_size=60))
def test_a_text_is_found_by_itself_however_it_is_composed(text: str) -> None:
    assert words(text) == words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))
    assert not any(set(word) & {" ", "\n", GAP, "@", "%", "_"} for word in words(text))
    for phrase in phrases_of(text) if len(text.split()) <= MAX_PHRASES else ():
        assert phrase == NOTHING or phrase.needle in line([text])
    assert NOTHING.needle not in line([text])


@given(st.text(max_size=20), st.text(max_size=20), st.data())
def test_whatever_stands_in_a_text_is_found(before: str, after: str, data: st.DataObject) -> None:
    run = data.draw(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12))
    start = data.draw(st.integers(0, len(run) - 1))
    end = data.draw(st.integers(start + 1, len(run)))
    (phrase,) = phrases_of(run[start:end])
    assert phrase.needle in line([f"{before} {run} {after}"])
