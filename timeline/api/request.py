"""One request: the timelines it reads, and the one basis that it fixes for each of them."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from threading import local
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from timeline.api.batching import Gatherer
from timeline.api.nodes import View, by_view
from timeline.domain.records import Basis, TimelineInfo
from timeline.errors import BadInput
from timeline.log import read
from timeline.projection import merges
from timeline.projection.generation import Generation
from timeline.projection.names import Identity, Names
from timeline.projection.standing import Standing
from timeline.projection.states import Fact, When, facts_of
from timeline.timelines import Timelines
from timeline.timelines.generations import Head
from timeline.timelines.memory import Reading, Remembered

T = TypeVar("T")


class Request:
    """The context of every resolver. Not shared between requests."""

    def __init__(self, timelines: Timelines) -> None:
        self.timelines = timelines
        self.gatherer = Gatherer(inline=timelines.database.backend.INLINE)
        self._phase = local()  # what one thread does for this request in one go, on one connection
        self._heads: dict[int, Head] = {}
        self.standings: dict[tuple[Generation, int], Standing] = {}  # what `api.claims` has read, by position
        self._remembered: dict[int, Remembered] = {}
        self._canonical: dict[tuple[Generation, int], dict[str, str]] = {}
        self._states: dict[tuple[Generation, When], dict[str, list[Fact]]] = {}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        phase: _Phase | None = getattr(self._phase, "now", None)
        if phase is None:
            with self.timelines.reading() as connection:
                yield connection
            return
        if phase.connection is None:
            phase.connection = phase.enter_context(self.timelines.reading())
        try:
            yield phase.connection
        except DBAPIError:
            phase.connection = None  # it may be lost; the next one to read gets another
            raise

    def in_one_go(self, call: Callable[[], T]) -> T:
        """`call` now, whatever it reads on one connection."""
        with _Phase() as phase:
            self._phase.now = phase
            try:
                return call()
            finally:
                self._phase.now = None

    def runner(self, *, long: bool) -> Callable[[Callable[[], T]], Awaitable[T]]:
        """What runs the part of an operation that waits for nobody: in this thread, or all of it in another."""
        away = long or not self.timelines.database.backend.INLINE

        async def run(call: Callable[[], T]) -> T:
            return await asyncio.to_thread(self.in_one_go, call) if away else self.in_one_go(call)

        return run

    async def run(self, call: Callable[[], T]) -> T:
        """A short read: in this thread if the database is in this process, else in another."""
        if self.timelines.database.backend.INLINE:
            return call()
        return await asyncio.to_thread(call)

    def views(self, connection: Connection, infos: Sequence[TimelineInfo]) -> list[View]:
        """Timelines as they are now, where now is when this request first looked at each."""
        missing = [info.id for info in infos if info.id not in self._heads]
        if missing:
            for timeline_id, head in self.timelines.heads(connection, missing).items():
                if self._heads.setdefault(timeline_id, head) is head:  # and no other thread came first
                    self._remembered[timeline_id] = self.timelines.memory.of(connection, timeline_id, head)
        heads = [self._heads[info.id] for info in infos]
        return [View(info, head.basis, head.derived) for info, head in zip(infos, heads, strict=True)]

    def forget(self, timeline_id: int) -> None:
        """Something was appended by this request: what it read before may be otherwise now."""
        self._remembered.pop(timeline_id, None)
        self.standings.clear()

    def as_known(self, connection: Connection, view: View, position: int | None, time: int | None) -> View:
        """The same timeline as it was known at a position, or at a moment; BAD_INPUT for a position yet to come."""
        head = view.basis
        if position is None and time is None:
            return view
        if time is not None:
            position = read.position_at(connection, view.timeline.id, time, head.position)
        assert position is not None
        if position > head.position:
            raise BadInput(f"position {position} is beyond the head, {head.position}", ("knownAt", "position"))
        if position == head.position:
            return view.pinned(head)
        basis = self.basis_at(connection, view, position)
        assert basis is not None
        return view.pinned(basis)

    def basis_at(self, connection: Connection, view: View, position: int) -> Basis | None:
        """What the head was at this position; None if there is no record."""
        return self._memory_of(view.timeline.id).basis_at(connection, view.timeline.id, position)

    def canonical(self, connection: Connection, view: View, entities: Collection[str]) -> dict[str, str]:
        """The id that stands for each of `entities` here; only those for which another one does."""
        return self.canonicals(connection, {view: entities})[view]

    def canonicals(self, connection: Connection, asked: Mapping[View, Collection[str]]) -> dict[View, dict[str, str]]:
        """The same under several views: one statement for each generation where none of them was merged."""
        missing: dict[Generation, dict[int, set[str]]] = {}  # by timeline and basis
        for view, entities in asked.items():
            generation, basis = _basis(view)
            if entities and self._has_merges(connection, generation, basis):
                new = set(entities) - self._canonical.setdefault((generation, basis), {}).keys()
                if new:
                    missing.setdefault(generation, {}).setdefault(basis, set()).update(new)
        for generation, by_basis in missing.items():
            everyone = set().union(*by_basis.values())
            history = merges.History.above(connection, generation, everyone, min(by_basis), max(by_basis))
            for basis, entities in by_basis.items():
                standing = history.at(basis)
                self._canonical[generation, basis] |= {entity: standing.canonical(entity) for entity in entities}
        return {
            view: {
                entity: known[entity]
                for known in (self._canonical.get(_basis(view), {}),)
                for entity in entities
                if known.get(entity, entity) != entity
            }
            for view, entities in asked.items()
        }

    def known_as(self, connection: Connection, view: View, entities: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Every id under which each of these entities is known here."""
        if not entities or not self._has_merges(connection, view.generation, view.basis.position):
            return {entity: (entity,) for entity in entities}
        own = self.canonical(connection, view, entities)
        standing = {own.get(entity, entity) for entity in entities}
        absorbed = merges.absorbed(connection, view.generation, standing, view.basis.position)
        return {entity: (one := own.get(entity, entity), *absorbed.get(one, ())) for entity in entities}

    def _has_merges(self, connection: Connection, generation: Generation, basis: int) -> bool:
        """Most timelines have none, and then nothing more is asked about them."""
        merged_from = self._memory_of(generation.timeline_id).merged_from
        if generation not in merged_from:
            merged_from[generation] = merges.first_position(connection, generation)
        return basis >= merged_from[generation]

    def _memory_of(self, timeline_id: int) -> Remembered:
        """Shared with other requests that found the same head; of its own where none was looked at."""
        found = self._remembered.get(timeline_id)
        if found is None:
            found = self._remembered[timeline_id] = Remembered()
        return found

    def readings(self, asked: Iterable[tuple[int, int]]) -> dict[int, dict[int, Reading]]:
        """Records by timeline and position: one statement for each timeline, and none for what was read before."""
        by_timeline: dict[int, dict[int, None]] = {}
        for timeline_id, position in asked:
            by_timeline.setdefault(timeline_id, {})[position] = None
        if not by_timeline:
            return {}
        kinds = self.timelines.kinds
        with self.reading() as connection:
            return {
                timeline_id: self._memory_of(timeline_id).readings(connection, kinds, timeline_id, positions)
                for timeline_id, positions in by_timeline.items()
            }

    def states(self, connection: Connection, view: View, entities: Collection[str]) -> dict[str, list[Fact]]:
        """The facts without keys of each of these entities, in the order of attributes; read once for each view."""
        known = self._states.setdefault((view.generation, view.when), {})
        if missing := set(entities) - known.keys():
            kinds = self.timelines.kinds.entities
            named = {kind for kind in (entity.partition(":")[0] for entity in missing) if kind in kinds}
            attributes = [each for kind in named for each in kinds[kind].attributes.values() if each.per is None]
            known |= {entity: [] for entity in missing}
            for fact in facts_of(connection, view.generation, missing, attributes, view.when):
                known[fact.entity].append(fact)
        return known

    def identities(self, asked: Iterable[tuple[View, str]]) -> list[Identity]:
        """Who each entity (`kind:slug`) is under its view: one statement for each generation where none was merged, and
        none for what is known.
        """
        pairs = list(asked)
        known: dict[View, dict[str, Identity]] = {}
        missing: dict[Generation, dict[tuple[int, int | None, str], dict[str, Identity]]] = {}
        for view, entities in by_view(pairs).items():
            generation, basis, until = view.generation, view.basis.position, view.until
            names = known[view] = self._memory_of(generation.timeline_id).names((generation, basis, until))
            for entity in entities:
                if entity not in names:
                    missing.setdefault(generation, {})[basis, until, entity] = names
        if missing:
            with self.reading() as connection:
                for generation, several in missing.items():
                    self._read_identities(connection, generation, several)
        return [known[view][entity] for view, entity in pairs]

    def _read_identities(
        self,
        connection: Connection,
        generation: Generation,
        asked: Mapping[tuple[int, int | None, str], dict[str, Identity]],
    ) -> None:
        """Put who they are where it is missing."""
        entities = {entity for _, _, entity in asked}
        first, last = min(basis for basis, _, _ in asked), max(basis for basis, _, _ in asked)
        merged = self._has_merges(connection, generation, last)
        names = Names(connection, generation, entities, first, last, merged=merged)
        for (basis, at, entity), known in asked.items():
            # What was recorded by a server that knows other kinds may name what this one has derived nothing of.
            nobody = Identity(entity.partition(":")[2], (), None)
            known[entity] = names.identity(entity, basis, at) or nobody


class _Phase(ExitStack):
    connection: Connection | None = None


def _basis(view: View) -> tuple[Generation, int]:
    return view.generation, view.basis.position


def request_of(info: Any) -> Request:
    return info.context  # type: ignore[no-any-return]
