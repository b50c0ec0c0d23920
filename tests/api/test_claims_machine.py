"""Claims under random acts of several callers: every answer at every position is that of a plain model."""

import asyncio
import copy
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.api.client import Client
from tests.api.conftest import app_for, client_of
from tests.claims import META, NEVER, Model, Said, expected, told
from tests.making import head_held
from timeline.domain.claims import New
from timeline.domain.contents import new_event
from timeline.errors import IdReused, TimelineError
from timeline.timelines import Timelines

ACTS = ("append", "correction", "retraction", "dispute", "redaction")
STATUSES = ("CURRENT", "CORRECTED", "RETRACTED", "REDACTED")
TOYS, NAMES = ("bear", "doll"), ("Anna", "Bruno")

# Among which records somebody looks for one to do something to.
AIMS: dict[str, Callable[[Said], bool]] = {
    "any": lambda _: True,
    "current": lambda each: each.act in ("append", "correction") and each.corrected_at == each.retracted_at == NEVER,
    "disputes": lambda each: each.act == "dispute" and each.retracted_at == NEVER,
    "withdrawn": lambda each: each.retracted_at != NEVER and each.corrected_at == NEVER,
}

# What somebody does, among which records to which (counted from the last; beyond the first: to one that is not there).
wish = st.tuples(
    st.sampled_from(ACTS),
    st.sampled_from([*AIMS]),
    st.sampled_from((0, 0, 0, 1, 2, 9)),
    st.sampled_from(TOYS),
    st.sampled_from((None, *NAMES)),
    st.booleans(),
)
Wish = tuple[str, str, int, str, str | None, bool]

EVERYTHING = """
query ($slug: ID!, $at: Position!, $kinds: [String!]) { timeline(slug: $slug) {
  events(filter: {kinds: $kinds, status: [CURRENT, CORRECTED, RETRACTED, REDACTED]}, knownAt: {position: $at},
         orderBy: RECORDED_ASC, first: 200) {
    nodes {
      __typename id position kind status claimId
      disputes { position } versions(first: 200) { position status } current { position } supersededBy { position }
      ... on Moved { toy { name aliases } }
      ... on Retraction { target { position } } ... on Dispute { target { position } }
      ... on Redaction { target { position } } ... on RedactedEvent { redaction { position } }
    }
  }
} }
"""
LISTS = "".join(
    f"""
  s{index}d{disputed}: events(filter: {{status: {status}, disputed: {disputed}}}, knownAt: {{position: $at}},
    orderBy: RECORDED_ASC, first: 200) {{ nodes {{ position }} totalCount }}"""
    for index, status in enumerate(("null", *(f"[{each}]" for each in STATUSES), "[CURRENT, RETRACTED]", "[]"))
    for disputed in ("null", "true", "false")
)
ORDERS = ("RECORDED_ASC", "RECORDED_DESC", "OCCURRED_ASC", "OCCURRED_DESC")
OF_TOYS = "".join(
    f"""
  {toy}{order}: events(filter: {{entities: "toy:{toy}"}}, knownAt: {{position: $at}}, orderBy: {order}, first: 200)
    {{ nodes {{ position occurred {{ edtf }} }} }}"""
    for toy in TOYS
    for order in ORDERS
)
FILTERED = f"query ($slug: ID!, $at: Position!) {{ timeline(slug: $slug) {{ {LISTS} }} }}"
ORDERED = f"query ($slug: ID!, $at: Position!) {{ timeline(slug: $slug) {{ {OF_TOYS} }} }}"

CORRECT = """mutation ($input: CorrectEventInput!) { done: correctEvent(input: $input) { ...D } } """
RETRACT = """mutation ($input: RetractEventInput!) { done: retractEvent(input: $input) { ...D } } """
DISPUTE = """mutation ($input: DisputeEventInput!) { done: disputeEvent(input: $input) { ...D } } """
REDACT = """mutation ($input: RedactEventInput!) { done: redactEvent(input: $input) { ...D } } """
DONE = "fragment D on AppendEventsPayload { events { position } duplicates errors { code path message } }"
MUTATIONS = {"correction": CORRECT, "retraction": RETRACT, "dispute": DISPUTE, "redaction": REDACT}


class Claims(RuleBasedStateMachine):
    """`reach` brings the application's answers; the timeline is a new one in each run."""

    def __init__(self, timelines: Timelines, address: str, reach: Callable[[Callable[[Client], Any]], Any]) -> None:
        super().__init__()
        self.timelines, self.address, self.reach = timelines, address, reach
        self.model = Model()
        self.sent: dict[UUID, New] = {}

    @initialize()
    def start(self) -> None:
        self.slug = f"run-{uuid4()}"
        self.timelines.create(self.slug, "A run")

    def target(self, aim: str, back: int, model: Model) -> Said | None:
        several = [each for each in model.said if AIMS[aim](each)] or model.said
        return several[-1 - back] if back < len(several) else None

    def line(self, wish: Wish, model: Model) -> tuple[New, str, Said | None]:
        act, aim, back, toy, name, _ = wish
        target = None if act == "append" else self.target(aim, back, model)
        about = str(target.id if target else uuid4())
        line: dict[str, Any] = {"id": str(uuid4()), "kind": act, "data": {"target": about}}
        if act != "dispute":
            line["reason"] = "so it is"
        if act in ("append", "correction"):
            data = {"toy": {"ref": toy} | ({"name": name} if name else {})}
            line |= {"kind": "toy.moved", "occurred": "2025-01-10", "data": data}
            if act == "append":
                del line["reason"]
            else:
                line["corrects"] = about
        new = new_event(self.timelines.kinds, line)
        assert new.id is not None
        self.sent[new.id] = new
        return new, act, target

    def apply(self, model: Model, new: New, wish: Wish) -> str | int:
        """The model's answer: the code of a refusal, or a position."""
        act, _, _, toy, name, _ = wish
        target = None if new.target is None else model.by_id(new.target)
        assert new.id is not None
        return model.refusal(act, target) or model.do(new.id, act, target, toy, name)

    @rule(wishes=st.lists(wish, min_size=1, max_size=4))
    def several_callers_at_once(self, wishes: list[Wish]) -> None:
        """They have all seen the same, and do not know of each other; their acts are committed together."""
        lines = [self.line(wish, self.model) for wish in wishes]
        with head_held(self.address, self.timelines, self.slug):
            futures = [self.timelines.submit(self.slug, [new]) for new, _, _ in lines]
        for (new, _, _), wish, future in zip(lines, wishes, futures, strict=True):
            expected = self.apply(self.model, new, wish)
            refused = future.exception(timeout=60)
            if isinstance(refused, TimelineError):
                assert refused.code == expected, refused
            else:
                assert future.result().records[0].position == expected

    @rule(wishes=st.lists(wish, min_size=1, max_size=3), validate=st.booleans())
    def one_caller_all_or_nothing(self, wishes: list[Wish], validate: bool) -> None:
        tried = copy.deepcopy(self.model)
        events, expected = [], []
        for wish in wishes:
            new, _, _ = self.line(wish, tried)
            events.append(new)
            expected.append(self.apply(tried, new, wish))
        refusals = [(index, code) for index, code in enumerate(expected) if isinstance(code, str)]
        future = self.timelines.submit(self.slug, events, validate_only=validate)
        refused = future.exception(timeout=60)
        if refusals:
            index, code = refusals[0]
            assert isinstance(refused, TimelineError)
            assert (refused.code, refused.path[:2]) == (code, ("events", index)), refused
        elif not validate:
            self.model = tried
            assert [record.position for record in future.result().records] == expected
        else:
            assert future.result().records == ()

    @precondition(lambda self: self.model.said)
    @rule(wish=wish)
    def somebody_by_graphql(self, wish: Wish) -> None:
        act, aim, back, toy, name, whole = wish
        target = self.target(aim, back, self.model)
        if act == "append" or target is None:
            return
        own = uuid4()
        given: dict[str, Any] = {"timeline": self.slug, "event": str(target.id), "id": str(own)}
        if act != "dispute":
            given["reason"] = "so it is"
        if act == "correction":
            given["note"] = f"a word {own}"  # what changes nothing is refused
        if act == "correction" and whole:
            entity = {"ref": toy} | ({"name": name} if name else {})
            given |= {"occurred": "2025-02", "data": {"moved": {"toy": entity}}}
            if toy == target.toy and not name and not target.redacted:
                name = target.name  # what is not given is kept
        elif act == "correction":
            toy, name = target.toy, target.name
        code = self.model.refusal(act, target, whole=whole)
        last = [at for at in self.model.versions(target, len(self.model.said)) if self.is_version(at)][-1]
        for again in (0, 1):
            done = self.reach(lambda client: client.ask(MUTATIONS[act] + DONE, input=given))["done"]
            if code:
                (error,) = done["errors"]
                assert (error["code"], error["path"], done["events"]) == (code, ["input", "event"], None)
                if code == "CONFLICT" and target.corrected_at <= len(self.model.said) and act != "redaction":
                    assert str(self.model.said[last - 1].id) in error["message"]
                return
            position = self.model.said[-1].position if again else self.model.do(own, act, target, toy, name)
            assert done == {"events": [{"position": position}], "duplicates": again, "errors": []}

    def is_version(self, position: int) -> bool:
        return self.model.said[position - 1].act != "retraction"

    @precondition(lambda self: self.sent)
    @rule(back=st.integers(0, 5))
    def a_retry(self, back: int) -> None:
        again = list(self.sent)[-1 - back % len(self.sent)]
        if (there := self.model.by_id(again)) is None:
            return
        future = self.timelines.submit(self.slug, [self.sent[again]], expect=0)
        if there.redacted:
            assert isinstance(future.exception(timeout=60), IdReused)
        else:
            done = future.result(timeout=60)
            assert ([each.position for each in done.records], done.duplicates) == ([there.position], 1)

    def teardown(self) -> None:
        for basis in range(len(self.model.said) + 1):
            self.compare(basis)

    def compare(self, basis: int) -> None:
        model = self.model
        given = {"slug": self.slug, "at": basis}
        kinds = ["toy.moved", "redacted", *META]
        everything = self.reach(lambda client: client.ask(EVERYTHING, **given, kinds=kinds))["timeline"]["events"]
        assert [told(node) for node in everything["nodes"]] == [
            expected(model, each, basis) for each in model.said[:basis]
        ]
        lists = self.reach(lambda client: client.ask(FILTERED, **given))["timeline"]
        for index, statuses in enumerate((None, *([each] for each in STATUSES), ["CURRENT", "RETRACTED"], [])):
            for word, disputed in (("null", None), ("true", True), ("false", False)):
                found = lists[f"s{index}d{word}"]
                positions = [node["position"] for node in found["nodes"]]
                assert positions == model.events(basis, statuses, disputed), (basis, statuses, disputed)
                assert found["totalCount"] == len(positions)
        ordered = self.reach(lambda client: client.ask(ORDERED, **given))["timeline"]
        for toy in TOYS:
            current = [at for at in model.events(basis, None, None) if model.said[at - 1].toy == toy]
            for order in ORDERS:
                nodes = ordered[f"{toy}{order}"]["nodes"]
                dates = [node["occurred"]["edtf"] if order.startswith("OCCURRED") else "" for node in nodes]
                places = list(zip(dates, (node["position"] for node in nodes), strict=True))
                assert places == sorted(places, reverse=order.endswith("DESC")), order
                assert sorted(at for _, at in places) == current, (basis, toy, order)


def run(timelines: Timelines, address: str, examples: int, steps: int) -> None:
    app = app_for(timelines)
    with asyncio.Runner() as runner:

        def reach(ask: Callable[[Client], Any]) -> Any:
            async def asking() -> Any:
                async with client_of(app) as client:
                    return await ask(client)

            return runner.run(asking())

        run_state_machine_as_test(
            lambda: Claims(timelines, address, reach),  # type: ignore[arg-type]
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
            ),
        )


def test_claims_are_what_the_model_says(timelines: Timelines, address: str) -> None:
    run(timelines, address, examples=10, steps=10)


@pytest.mark.slow
def test_claims_are_what_the_model_says_for_longer(timelines: Timelines, address: str) -> None:
    run(timelines, address, examples=50, steps=20)
