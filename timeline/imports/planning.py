"""Which mapping holds for a file: the one that was given, the format's own, or a guess."""

from collections.abc import Callable
from pathlib import Path

from timeline.domain.kinds import Kinds
from timeline.errors import BadInput
from timeline.imports.guessing import guess_mapping
from timeline.imports.mapping import Plan, read_mapping
from timeline.imports.table import Table


def plans_for(kinds: Kinds, table: Table, mapping: Path | None, show: Callable[[str], None]) -> tuple[Plan, ...]:
    """`show` is given a guessed mapping, and raises if it is not to be used. BAD_INPUT names the file and the place."""
    if mapping is not None:
        return _read(kinds, mapping.read_text("utf-8"), table, str(mapping))
    if table.mapping is not None:
        return _read(kinds, table.mapping, table, "the mapping of the format")
    guess = guess_mapping(kinds, table)
    show(guess)
    return _read(kinds, guess, table, "the guessed mapping")


def _read(kinds: Kinds, text: str, table: Table, name: str) -> tuple[Plan, ...]:
    try:
        return read_mapping(kinds, text, table.columns)
    except BadInput as bad:
        where = ".".join(map(str, bad.path))
        raise BadInput(f"{name}{f', {where}' if where else ''}: {bad.message}") from None
