"""States the slow way: replay the whole log in plain Python for every question. Shares no code with the projection."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from timeline.domain.contents import event_of
from timeline.domain.dates import END, FuzzyDate
from timeline.domain.entities import EntityMerged
from timeline.domain.kinds import Kinds
from timeline.domain.quantities import Money, Quantity
from timeline.domain.records import Record
from timeline.domain.refs import Ref

READ_AGAIN = {"thing.size": ["thing.smallest", "thing.largest"], "thing.mark": ["thing.best_mark"]}
State = dict[tuple[str, str, str], Any]  # by entity, attribute's path and key


class Said(NamedTuple):
    """One change as it counts: its place in the order, whether its end has come, what it does."""

    order: tuple[int, int, int, int]
    ended: bool
    op: str
    item: str
    value: Any


def standing(records: Sequence[Record], basis: int) -> Iterable[tuple[int, Record]]:
    """(first position of the claim, its current version) for each claim that stands at `basis`."""
    blanked = {record.position for record in records if record.kind == "redacted"}
    claim_of: dict[Any, int] = {}
    current: dict[int, Record | None] = {}
    for record in records[:basis]:
        if record.position in blanked:
            about = _was(records, record)
            if about is not None and about[0] != "correction":
                continue
            claim = record.position if about is None else claim_of[about[1]]
        elif record.kind in ("retraction", "dispute", "redaction"):
            target = record.content["data"]["target"]
            if record.kind == "retraction" and target in claim_of:
                current[claim_of[target]] = None
            continue
        else:
            claim = claim_of[record.content["corrects"]] if "corrects" in record.content else record.position
        claim_of[str(record.id)] = claim
        current[claim] = record
    return [(claim, record) for claim, record in current.items() if record and record.position not in blanked]


def _was(records: Sequence[Record], blanked: Record) -> tuple[str, str] | None:
    for record in records:
        if record.kind == "redaction" and record.content["data"]["target"] == str(blanked.id):
            was = record.content["data"].get("was")
            return None if was is None else (was["kind"], was["target"])
    raise AssertionError(f"no redaction of {blanked}")


def state(kinds: Kinds, records: Sequence[Record], basis: int, moment: int | None, *, possible: bool) -> State:
    until = END - 1 if moment is None else moment
    versions = [(claim, record, event_of(kinds, record.content)) for claim, record in standing(records, basis)]
    same = {e.entity.key: e.into.key for _, _, e in versions if isinstance(e, EntityMerged)}

    def canonical(ref: str) -> str:
        while ref in same:
            ref = same[ref]
        return ref

    slots: dict[tuple[str, str, str], list[Said]] = {}
    for claim, record, event in versions:
        date = record.occurred
        if event is None or date is None or not (date.start_lo < until if possible else date.start_hi <= until):
            continue
        for index, change in enumerate(event.changes(date)):
            if change.value is None and not change.attribute.endswith(("size", "owner", "mark", "label")):
                continue
            value = change.value
            if isinstance(value, Ref):
                value = canonical(value.key)
            key = "" if change.key is None else canonical(change.key)
            item = f"#{claim}" if change.item is None else canonical(change.item)
            order = (date.start_hi, date.start_lo, claim, index)
            said = Said(order, _ended(date, until), str(change.op), item, value)
            again = () if value is None else READ_AGAIN.get(change.attribute, ())
            for attribute in (change.attribute, *(each for each in again if each in kinds.attributes)):
                slots.setdefault((canonical(change.entity.key), attribute, key), []).append(said)
    combined = {}
    for slot, several in slots.items():
        rule = kinds.attributes[slot[1]].rule.name
        value = _combined(rule, sorted(several, key=lambda said: said.order))
        if value == 0 and rule == "total" and slot[1].endswith(("spent", "weight")):
            value = set()  # no amount is left
        if value is not None:
            combined[slot] = value
    return combined


def _ended(date: FuzzyDate, until: int) -> bool:
    return date.end_hi is not None and date.end_hi != END and max(date.end_hi, date.start_hi) + 1 <= until


def _combined(rule: str, said: list[Said]) -> Any:
    open_ones = [each for each in said if not each.ended]
    match rule:
        case "latest":
            return open_ones[-1].value if open_ones else None
        case "earliest":
            return said[0].value
        case "lowest" | "highest":
            place = 1 if rule == "lowest" else 0
            bounds = [(bound(each.value)[place], each.value) for each in said]
            known = [each for each in bounds if each[0] is not None]
            pick = min if rule == "lowest" else max
            return pick(known, key=lambda each: each[0])[1] if known else None
        case "tally":
            return len({each.item for each in open_ones})
        case "members":
            last = {each.value: each.op for each in open_ones}
            return {value for value, op in last.items() if op == "add"}
        case _:
            return _sums({each.item: each.value for each in open_ones}.values())


def bound(value: Any) -> tuple[Any, Any]:
    if isinstance(value, Money | Quantity):
        exact = value.amount if isinstance(value, Money) else value.value
        return (exact, exact) if exact is not None else (value.lower, value.upper)
    return value, value


def _sums(values: Iterable[Any]) -> Any:
    """A number, or (lower, upper) for each currency or unit."""
    sums: dict[str, list[Any]] = {}
    number = 0
    for value in values:
        if isinstance(value, int):
            number += value
            continue
        unit = value.currency if isinstance(value, Money) else value.unit or ""
        sums.setdefault(unit, []).append(bound(value))
    if not sums:
        return number
    added = {unit: (_add(b[0] for b in each), _add(b[1] for b in each)) for unit, each in sums.items()}
    return {unit: both for unit, both in added.items() if both != (None, None)} or set()


def _add(bounds: Iterable[Decimal | None]) -> Decimal | None:
    listed = list(bounds)
    return None if any(each is None for each in listed) else sum((each for each in listed if each), Decimal(0))


def comparable(value: Any) -> Any:
    """What the projection answers, in the oracle's terms."""
    match value:
        case tuple() if value and isinstance(value[0], Money):
            return {each.currency: bound(each) for each in value}
        case tuple() if value and isinstance(value[0], Quantity):
            return {each.unit or "": bound(each) for each in value}
        case tuple():
            return {each.key if isinstance(each, Ref) else each for each in value}
        case Ref():
            return value.key
        case _:
            return value
