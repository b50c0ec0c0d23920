"""The text of a piece of HTML, and the links in it."""

import pytest

from timeline.imports.markup import links_of, text_of


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("<b>bold</b> &amp; more", "bold & more"),
        ("<p>one</p><p>two<br/>three</p>", "one\ntwo\nthree"),
        ("a < b and c > d", "a < b and c > d"),
        ("<script>alert(1)</script>seen<style>p {}</style>", "seen"),
        ("</script>seen", "seen"),
        ("  one\n\n  two ", "one\ntwo"),
    ],
)
def test_text_has_no_tags(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    ("markup", "links"),
    [
        ('<a href="https://example.org/a">A <b>b</b></a>', [("https://example.org/a", "A b")]),
        ('<a href="//example.org/a">A</a>', [("https://example.org/a", "A")]),
        ('<a href="https://e.org">A</a> <a href="https://e.org">B</a>', [("https://e.org", "A B")]),
        ('<a href="javascript:alert(1)">A</a> <a href="/local">B</a> <a>C</a>', []),
        ("https://example.org/a", [("https://example.org/a", "")]),
        ("//example.org/a", [("https://example.org/a", "")]),
        ("/local/picture.jpg", []),
        ("", []),
    ],
)
def test_links_lead_to_the_web(markup: str, links: list[tuple[str, str]]) -> None:
    assert links_of(markup) == links
