"""Which mapping holds for a file: the one that was given, the format's own, or a guess."""

from pathlib import Path

from timeline.domain.kinds import Kinds
from timeline.errors import BadInput
from timeline.imports.formats import read_text
from timeline.imports.guessing import Guess, guess_mapping
from timeline.imports.mapping import Plan, read_mapping
from timeline.imports.table import Table


def plans_for(kinds: Kinds, table: Table, mapping: Path | None) -> tuple[tuple[Plan, ...], Guess | None]:
    """The plans, and the guess if they are one. BAD_INPUT names the file and the place."""
    if mapping is not None:
        return _read(kinds, read_text(mapping), table, str(mapping)), None
    if table.mapping is not None:
        return _read(kinds, table.mapping, table, "the mapping of the format"), None
    guess = guess_mapping(kinds, table)
    return _read(kinds, guess.mapping, table, "the guessed mapping"), guess


def _read(kinds: Kinds, text: str, table: Table, name: str) -> tuple[Plan, ...]:
    try:
        return read_mapping(kinds, text, table.columns)
    except BadInput as bad:
        where = ".".join(map(str, bad.path))
        raise BadInput(f"{name}{f', {where}' if where else ''}: {bad.message}") from None
