"""Pages of what is listed whole: facts of an entity, changes of an event."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection as Database

from timeline.api import cursors
from timeline.api.connections import Window
from timeline.api.nodes import Page, View
from timeline.log.read import basis_at

T = TypeVar("T")
Place = tuple[int | str, ...]


def list_page(
    connection: Database,
    view: View,
    question: str,
    items: Sequence[T],
    place: Callable[[T], Place],
    shape: tuple[type, ...],
    asked: Window,
) -> Page[T]:
    """A page of `items`, which stand in the order of their places.

    A cursor is a place, bound to the basis; `shape` says of what types.
    """
    beyond: Place | None = None
    if asked.cursor is not None:
        beyond, position, basis_hash = cursors.decode(asked.cursor, question, shape)
        cursors.check_history(basis_at(connection, view.timeline.id, position), position, basis_hash)
    left = [
        item for item in items if beyond is None or (place(item) < beyond if asked.backwards else place(item) > beyond)
    ]
    shown = left[-asked.size :] if asked.backwards else left[: asked.size]
    more = len(left) > len(shown)
    basis = view.basis
    return Page(
        nodes=shown,
        cursors=[cursors.encode(question, place(each), basis.position, basis.hash or b"") for each in shown],
        has_next=beyond is not None if asked.backwards else more,
        has_previous=more if asked.backwards else beyond is not None,
        basis=basis,
        count=lambda _: len(items),
    )
