"""Slugs from names in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.domain.texts import slug
from timeline.imports.slugs import slug_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OpenAI", "openai"),
        ("GPT-3.5 Turbo", "gpt-3.5-turbo"),
        ("  Google   DeepMind ", "google-deepmind"),
        ("Acme Inc.", "acme-inc"),
        ("St. Louis", "st-louis"),
        ("AT&T", "at-t"),
        ("Nestlé", "nestle"),
        ("Łódź", "lodz"),
        ("Großbritannien", "grossbritannien"),
        ("Ærø", "aero"),
        ("ＡＢＣ", "abc"),
    ],
)
def test_latin_names_are_readable(name: str, expected: str) -> None:
    assert slug_of(name) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深度求索", "百度"),
        ("C", "C++"),
        ("C#", "C"),
        ("PointNet", "PointNet++"),
        ("Москва", "Київ"),
        ("😀", "😁"),
        ("a" * 101, "a" * 102),
        ("ไทย", "ไท"),
        ("!!!", "???"),
        ("Baidu 百度", "Baidu"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert slug_of(one) != slug_of(other)


def test_the_hash_does_not_change() -> None:
    assert [slug_of(name) for name in ("深度求索", "Baidu 百度", "C++")] == [
        "1407b719",
        "baidu-1f46b9a9",
        "c-cedb1bac",
    ]


def test_how_a_name_is_written_makes_no_difference() -> None:
    assert slug_of("Café") == slug_of("Cafe\u0301") == slug_of("CAFÉ")
    assert slug_of("МОСКВА") == slug_of(" москва ")


@given(st.text())
def test_every_name_has_a_slug(name: str) -> None:
    assert slug(slug_of(name))
