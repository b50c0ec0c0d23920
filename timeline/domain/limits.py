"""How long and how many: every limit on what a caller may send, in one place."""

MAX_NAME = 200  # characters of a name or an alias
MAX_SHORT = 1_000  # characters of a text field that is one line: titles, publishers, authors, reasons
MAX_TEXT = 20_000  # characters of a text that may run over lines, and of a note
MAX_QUOTE = 2_000  # characters of a source's quote
MAX_URL = 2_000  # characters
MAX_SLUG = 100  # characters
MAX_LIST = 200  # entries of a list field
MAX_SOURCES = 50  # sources of one event
MAX_CONTENT = 256 * 1024  # bytes of one event's canonical content
MAX_EVENTS = 1_000  # events in one append
MAX_SEARCH = 200  # characters of a search
MAX_PHRASES = 12  # words and phrases of a search
