"""The text of a piece of HTML, and the links in it."""

from html.parser import HTMLParser

_BREAKS = frozenset("address article blockquote br div h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul".split())
_HIDDEN = frozenset({"script", "style"})


def text_of(markup: str) -> str:
    """Without tags and with entities resolved; blocks become lines."""
    return _read(markup).text


def links_of(markup: str) -> list[tuple[str, str]]:
    """(address, text) of each link to the web, once each; of a bare address that one, without a text."""
    if address := address_of(markup):
        return [(address, "")]
    return list(_read(markup).links.items())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: dict[str, str] = {}
        self._parts: list[str] = []
        self._hidden = 0
        self._link: str | None = None

    @property
    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN
        if tag in _BREAKS:
            self._parts.append("\n")
        if tag == "a":
            self._link = address_of(dict(attrs).get("href") or "")
            if self._link is not None:
                self.links.setdefault(self._link, "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN and self._hidden > 0
        if tag in _BREAKS:
            self._parts.append("\n")
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        self._parts.append(data)
        if self._link is not None:
            self.links[self._link] = " ".join(f"{self.links[self._link]} {data}".split())


def address_of(text: str) -> str | None:
    """The address on the web that a text is, if it is one. `//host/…`, as old pages have it, is https."""
    text = text.strip()
    address = f"https:{text}" if text.startswith("//") else text
    return address if address.startswith(("http://", "https://")) and len(address.split()) == 1 else None


def _read(markup: str) -> _Reader:
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader
