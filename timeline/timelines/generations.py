"""What is derived from a timeline, as often as there are versions of the kinds that read it: each is a generation.

Whoever appends takes the head, then the row of the generation of its own kinds, brings it up to the head, and moves it
on with the log. A generation of other kinds stays behind, and those who know them catch it up before they use it.
Whoever builds one holds its row alone for a batch at a time, and the head only to let it answer.
"""

import enum
import hashlib
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from timeline.database import tables
from timeline.database.prepared import Prepared
from timeline.domain.kinds import Kinds
from timeline.domain.records import Basis
from timeline.errors import Behind
from timeline.log.read import BLANKED, record_of, rows_after
from timeline.projection.generation import Generation, in_generation
from timeline.timelines.replay import replay

BATCH = 500  # records that one transaction projects beside others, who may have to wait for it
MISSING = 2_000  # records that whoever needs them projects before anything else
_RULES = 2  # grows when the projection itself derives something else from the same kinds

_generation, _head = tables.generation.c, tables.head.c


class State(enum.StrEnum):
    BUILDING = "building"
    LIVE = "live"
    RETIRED = "retired"


class Head(NamedTuple):
    """How far a log has got, and what the kinds of this process derived from that much; None: not so much yet.

    `blanked` is the last record up to there that ordered another to be blanked, 0 if none did; None: not looked at.
    """

    basis: Basis
    derived: Generation | None
    blanked: int | None = None

    @property
    def generation(self) -> Generation:
        """BEHIND if there is none."""
        return required(self.derived)


def required(derived: Generation | None) -> Generation:
    if derived is None:
        raise Behind("this server is still deriving states from the log of this timeline: try again")
    return derived


class Derived(NamedTuple):
    """A generation and how far it has got."""

    generation: Generation
    fingerprint: str
    state: State
    checkpoint: int
    moved_at: int


def fingerprint_of(kinds: Kinds) -> str:
    """A mark of all that decides what is derived from a log."""
    return hashlib.sha256(f"{kinds.fingerprint} {_RULES}".encode()).hexdigest()[:16]


_DERIVED = select(
    _generation.timeline_id,
    _generation.generation,
    _generation.fingerprint,
    _generation.state,
    _generation.checkpoint,
    _generation.moved_at,
).order_by(_generation.timeline_id, _generation.generation)
_IN_TIMELINE = _generation.timeline_id == bindparam("timeline")
_OF_TIMELINE = _DERIVED.where(_IN_TIMELINE).with_for_update()
_ONE = _DERIVED.where(in_generation(_generation)).with_for_update()
_OURS = Prepared(
    _OF_TIMELINE.where(_generation.fingerprint == bindparam("fingerprint"), _generation.state == bindparam("state"))
)
_HEADS = Prepared(
    select(_head.timeline_id, _head.position, _head.recorded_at, _head.hash, _generation.generation)
    .add_columns(_generation.checkpoint, BLANKED)  # in one statement with the head: nothing comes between them
    .select_from(
        tables.head.outerjoin(
            tables.generation,
            and_(
                _generation.timeline_id == _head.timeline_id,
                _generation.fingerprint == bindparam("fingerprint"),
                _generation.state == State.LIVE.value,
            ),
        )
    )
    .where(_head.timeline_id.in_(bindparam("timelines", expanding=True)))
)
_MOVE = update(tables.generation).where(in_generation(_generation))
_ADVANCE = Prepared(_MOVE.values(checkpoint=bindparam("reached"), moved_at=bindparam("now")))
_TURN = _MOVE.values(state=bindparam("turned"), moved_at=bindparam("now"))


def heads(connection: Connection, fingerprint: str, timelines: Collection[int]) -> dict[int, Head]:
    """How far each log has got, and what was derived by kinds of this fingerprint if that is as far."""
    found = {}
    for row in _HEADS.rows(connection, {"fingerprint": fingerprint, "timelines": list(timelines)}):
        basis = Basis(row.position, row.recorded_at, row.hash)
        as_far = row.generation is not None and row.checkpoint >= row.position
        derived = Generation(row.timeline_id, row.generation) if as_far else None
        found[row.timeline_id] = Head(basis, derived, row.blanked)
    return found


def everything(connection: Connection) -> list[Derived]:
    """The generations of all timelines, oldest first."""
    return _all(connection, _DERIVED, {})


def of_timeline(connection: Connection, timeline_id: int) -> list[Derived]:
    """Every generation of a timeline, held until the transaction ends."""
    return _all(connection, _OF_TIMELINE, {"timeline": timeline_id})


def held(connection: Connection, generation: Generation) -> Derived | None:
    """How far a generation has got, held until the transaction ends; None if it is there no more."""
    return next(iter(_all(connection, _ONE, generation.given)), None)


def ours(connection: Connection, timeline_id: int, fingerprint: str, state: State) -> Derived | None:
    """The generation of this fingerprint that is live, or being built, held until the transaction ends.

    The head must be held: else another may be switched to while this waits.
    """
    given = {"timeline": timeline_id, "fingerprint": fingerprint, "state": state.value}
    return next(map(_derived, _OURS.rows(connection, given)), None)


def begin(connection: Connection, timeline_id: int, fingerprint: str, state: State, now: int) -> Derived:
    """A new generation that has nothing yet. The head must be held."""
    last = select(func.max(_generation.generation)).where(_IN_TIMELINE)
    number = (connection.execute(last, {"timeline": timeline_id}).scalar() or 0) + 1
    row = (timeline_id, number, fingerprint, state, 0, now)
    connection.execute(insert(tables.generation).values(row))
    return _derived(row)


def advance(
    connection: Connection, kinds: Kinds, derived: Derived, until: int, now: int, limit: int = BATCH
) -> Derived:
    """Project up to `limit` records more, up to the one at `until`, in a transaction that holds the generation.

    UNAVAILABLE, naming the record, if one cannot be projected; the transaction must then be given up.
    """
    rows = rows_after(connection, derived.generation.timeline_id, derived.checkpoint, until, limit)
    if not rows:
        return derived
    replay(connection, kinds, derived.generation, [record_of(row) for row in rows])
    reached = rows[-1].position
    move(connection, derived.generation, reached, now)
    return derived._replace(checkpoint=reached, moved_at=now)


def move(connection: Connection, generation: Generation, reached: int, now: int) -> None:
    """Say that all up to the record at `reached` is projected."""
    _ADVANCE.run(connection, {**generation.given, "reached": reached, "now": now})


def turn(connection: Connection, generation: Generation, state: State, now: int) -> None:
    connection.execute(_TURN, {**generation.given, "turned": state, "now": now})


def up_to(connection: Connection, kinds: Kinds, timeline_id: int, head: int, now: int) -> Generation:
    """The live generation of these kinds, made if need be and brought up to the head, which must be held.

    BEHIND if so much is missing that whoever waits for the head would wait long.
    """
    fingerprint = fingerprint_of(kinds)
    found = ours(connection, timeline_id, fingerprint, State.LIVE)
    checkpoint = 0 if found is None else found.checkpoint
    if head - checkpoint > MISSING:
        raise Behind(
            f"{head - checkpoint:,} of the {head:,} records of this timeline are yet to be derived by the kinds of this"
            " server: try again. A server does it by itself; `timeline rebuild` does it by hand"
        )
    if found is not None and checkpoint == head:
        return found.generation
    with connection.begin_nested():  # what cannot be projected leaves nothing half done
        found = found or begin(connection, timeline_id, fingerprint, State.LIVE, now)
        return advance(connection, kinds, found, head, now, MISSING).generation


def _all(connection: Connection, statement: Any, given: dict[str, Any]) -> list[Derived]:
    return [_derived(row) for row in connection.execute(statement, given)]


def _derived(row: Iterable[Any]) -> Derived:
    timeline_id, number, fingerprint, state, checkpoint, moved_at = row
    return Derived(Generation(timeline_id, number), fingerprint, State(state), checkpoint, moved_at)
