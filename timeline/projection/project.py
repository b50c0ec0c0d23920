"""Projecting records: pure functions of the log, so that all of it can be thrown away and made again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from timeline.database import backend_of, tables
from timeline.database.bulk import insert_rows, slices
from timeline.database.columns import NEVER
from timeline.database.prepared import Prepared
from timeline.domain.acts import CORRECTION, DISPUTE, REDACTED, REDACTION, RETRACTION, REVISIONS
from timeline.domain.contents import Said
from timeline.domain.dates import BEGINNING, END
from timeline.domain.entities import EntityDescribed, EntityMerged
from timeline.domain.kinds import Kinds
from timeline.domain.records import Record
from timeline.domain.texts import host_of
from timeline.domain.wording import wording_of
from timeline.projection import called, dated, facts, naming
from timeline.projection.generation import Generation, in_generation
from timeline.projection.merges import related
from timeline.projection.restating import call, call_again, restate
from timeline.projection.standing import About
from timeline.projection.unions import ask_all
from timeline.projection.wording import forget as forget_words


class Projected(NamedTuple):
    """A record as the registry reads it. What it cannot read (None) has a place in time, and names no entities.

    `about`: what it does to another record. `canonical`: which of its entities are others by then. `remerged`: the ids
    that it makes another one of, or makes themselves again.
    """

    record: Record
    said: Said
    about: About | None = None
    canonical: Mapping[str, str] = {}
    remerged: tuple[str, ...] = ()


_NAMED = Prepared(
    select(tables.naming.c.entity, tables.naming.c.name).where(
        in_generation(tables.naming.c),
        tables.naming.c.entity.in_(bindparam("entities", expanding=True)),
        tables.naming.c.role != naming.DESCRIBED,
        tables.naming.c.until == NEVER,
    )
)


def known_names(
    connection: Connection, generation: Generation, entities: Collection[str]
) -> dict[str, set[str | None]]:
    """The names that stand of those of `entities` that exist; every one that exists has None among them."""
    known: dict[str, set[str | None]] = {}
    for some in slices(entities):
        named: Iterable[Any] = _NAMED.rows(connection, {**generation.given, "entities": some})
        for entity, name in named:
            known.setdefault(entity, set()).add(name)
    return known


def last_named(connection: Connection, generation: Generation, entities: Collection[str]) -> dict[str, int]:
    """The position of the last record that names each of `entities`, by a step in the index for each."""
    each = tables.mention.c
    newest = select(each.entity, each.position).where(generation.holds(each)).order_by(each.position.desc()).limit(1)
    found = ask_all(connection, [newest.where(each.entity == entity) for entity in entities])
    return {row.entity: row.position for rows in found for row in rows}


def project(
    connection: Connection,
    kinds: Kinds,
    generation: Generation,
    projected: Sequence[Projected],
    known: dict[str, set[str | None]],
) -> None:
    """Add what these records say. `known` is what `known_names` says of their entities; it is brought up to date."""
    at_once = backend_of(connection.dialect).RECORDS_AT_ONCE
    for start in range(0, len(projected), at_once):
        _project(connection, kinds, generation, projected[start : start + at_once], known)


def _project(
    connection: Connection,
    kinds: Kinds,
    generation: Generation,
    projected: Iterable[Projected],
    known: dict[str, set[str | None]],
) -> None:
    rows: dict[Table, list[tuple[Any, ...]]] = {table: [] for table in tables.DERIVED}
    later: list[tuple[int, About]] = []
    slots: set[tuple[str, str, str]] = set()
    for record, (event, entities, effects, wording), about, canonical, _ in projected:
        position, date = record.position, record.occurred
        claim = position if about is None or about.kind != CORRECTION else about.claim
        bounds = (BEGINNING, END, BEGINNING) if date is None else (date.start_lo, date.start_hi, date.reach)
        rows[tables.occurrence].append((position, record.kind, *bounds, NEVER, NEVER))
        hosts = {host_of(source["url"]) for source in record.content.get("sources", ()) if "url" in source}
        rows[tables.citation] += [(host, position) for host in hosts]
        worded = wording or wording_of(kinds, record.content, event)
        rows[tables.wording].append((position, worded.lines, " ".join(entities)))
        rows[tables.word] += [(word, place, bounds[1], bounds[0], position) for word, place in worded.places]
        if entities:
            rows[tables.mention] += [(entity, position, *bounds[:2]) for entity in entities]
            rows[tables.naming] += naming.rows_of(record, entities, claim, known)
        if effects:
            stated = list(facts.rows_of(record, claim, effects, canonical))
            rows[tables.fact] += stated
            slots |= {row.slot for row in stated}
        if isinstance(event, EntityMerged):
            rows[tables.merge].append((event.entity.key, position, event.into.key, NEVER))
        if isinstance(event, EntityDescribed):
            rows[tables.naming].append(naming.described(record, event, claim))
        if about is not None:
            later.append((position, about))
            if about.kind == DISPUTE:
                rows[tables.dispute].append((position, about.target, NEVER))
            elif about.kind != REDACTION:
                rows[tables.revision].append((position, about.claim, about.target))
    rows[tables.word].sort()
    dates = [((start_hi, start_lo), position) for position, _, start_lo, start_hi, *_ in rows[tables.occurrence]]
    for table, batch in rows.items():
        insert_rows(connection, table, batch, shared=generation)
    insert_rows(connection, tables.dated, dated.rows_of(dates), shared=generation, once=True)
    insert_rows(connection, tables.slot, list(slots), shared=generation, once=True)
    told = ((row[0], *row[-3:]) for row in rows[tables.naming])
    insert_rows(connection, tables.called, list(set(called.rows_of(told))), shared=generation, once=True)
    for position, about in later:
        _change(connection, generation, position, about)


def _change(connection: Connection, generation: Generation, position: int, about: About) -> None:
    """What a record about another one does to that one's rows."""
    given = {**generation.given, "at": about.target, "now": position}
    if about.kind == CORRECTION:
        statements = [_CORRECT, _UNMERGE, facts.CLOSE]
    elif about.kind == RETRACTION:
        statements = [_RETRACT, _UNMERGE, facts.CLOSE, _UNDISPUTE]
    else:
        return
    for statement in statements:
        connection.execute(statement, given)
    if about.entities:
        connection.execute(_UNNAME, {**given, "entities": about.entities})


def settle(
    connection: Connection,
    kinds: Kinds,
    generation: Generation,
    projected: Sequence[Projected],
    blanked: Iterable[int] = (),
) -> None:
    """What must read what `project` wrote: names that were withdrawn are told again, of records at `blanked` nothing
    is left, and what was merged is restated.
    """
    _tell_names_again(connection, generation, projected)
    remerged = {entity for each in projected for entity in each.remerged}
    for position in blanked:
        remerged.update(_forget(connection, generation, position))
    # Last: until a merge is forgotten, it and one that only its redaction made possible may lead in a circle.
    if remerged:
        restate(connection, kinds, generation, remerged)


def _tell_names_again(connection: Connection, generation: Generation, projected: Sequence[Projected]) -> None:
    """Names that these records withdraw, or do not repeat, may have been given by others, which had no row for it.

    Names that they give are those of whatever their entities were ever merged into, too.
    """
    for each in projected:
        about = each.about
        if about is not None and about.kind in REVISIONS:
            dropped = [entity for entity, name in about.names.items() if each.record.names.get(entity) != name]
            for entity in naming.named_at(connection, generation, dropped, about.target):
                naming.tell_again(connection, generation, entity)
    named = {entity for each in projected for entity in each.said.entities if each.record.names or _describes(each)}
    if named:
        call(connection, generation, related(connection, generation, named))


def _describes(projected: Projected) -> bool:
    return isinstance(projected.said.event, EntityDescribed)


def _forget(connection: Connection, generation: Generation, target: int) -> list[str]:
    """Take away all that was derived from a record that is being blanked; the ids it merged, whose facts are to be
    restated.
    """
    given = {**generation.given, "at": target}
    merged = connection.execute(select(_merge.entity).where(_MERGED), given).scalars().all()
    dates = connection.execute(select(_occurrence.start_hi, _occurrence.start_lo).where(_TARGET), given).all()
    forget_words(connection, generation, target)
    for statement in (_BLANK, *_DROP):
        connection.execute(statement, given)
    for each in {(END, BEGINNING), *((row.start_hi, row.start_lo) for row in dates)}:
        dated.forget(connection, generation, each)
    facts.forget(connection, generation, target)
    call_again(connection, generation, naming.forget(connection, generation, target))
    return list(merged)


_occurrence, _dispute, _naming, _citation = tables.occurrence.c, tables.dispute.c, tables.naming.c, tables.citation.c
_merge = tables.merge.c
_MERGED = in_generation(_merge) & (_merge.position == bindparam("at"))
_UNMERGE = update(tables.merge).where(_MERGED, _merge.until == NEVER).values(until=bindparam("now"))
_TARGET = in_generation(_occurrence) & (_occurrence.position == bindparam("at"))
_CORRECT = update(tables.occurrence).where(_TARGET).values(corrected_at=bindparam("now"))
_RETRACT = update(tables.occurrence).where(_TARGET).values(retracted_at=bindparam("now"))
_BLANK = (
    update(tables.occurrence).where(_TARGET).values(kind=REDACTED, start_lo=BEGINNING, start_hi=END, reach=BEGINNING)
)
_UNNAME = (
    update(tables.naming)
    .where(
        in_generation(_naming),
        _naming.entity.in_(bindparam("entities", expanding=True)),
        _naming.position == bindparam("at"),
        _naming.role != naming.SEEN,
        _naming.until > bindparam("now"),  # a claim that was withdrawn before it was corrected stays so until then
    )
    .values(until=bindparam("now"))
)
_UNDISPUTE = (
    update(tables.dispute)
    .where(
        in_generation(_dispute),
        _dispute.position == bindparam("at"),
        _dispute.until == NEVER,
    )
    .values(until=bindparam("now"))
)
_DROP = (
    delete(tables.merge).where(_MERGED),
    delete(tables.citation).where(in_generation(_citation), _citation.position == bindparam("at")),
    # It disputes nothing from the beginning on; its row says that the record was a dispute.
    update(tables.dispute).where(in_generation(_dispute), _dispute.position == bindparam("at")).values(until=0),
)
