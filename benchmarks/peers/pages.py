"""The pages that are asked for, in the words of each contender, and what of an answer has to be equal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from benchmarks.peers.world import EVENTS, SLUG, app, chart

AT = "2025-03-15"
SIZE = 50  # of a page of events
CHART_A, CHART_B = 1, 2  # by their numbers, which are also the ids that others give them: chart 1 is their entity 2
STATES = [app(number * 17) for number in range(20)]

_EVENT = "eventId kind position headline note recordedAt"
_ENTITY = "ref name description"
_OURS_ENTITY = f"... on ChartMilestone {{ rank entity: app {{ {_ENTITY} }} }}"
_OURS = 'timeline(slug: "%s") { %s }'
_OURS_EVENTS = (
    "query ($after: String) { "
    + _OURS
    % (
        SLUG,
        f"events(first: {SIZE}, after: $after, orderBy: OCCURRED_DESC%s) {{"
        f" nodes {{ {_EVENT} occurred {{ edtf }} {_OURS_ENTITY} }} pageInfo {{ hasNextPage endCursor }} }}",
    )
    + " }"
)

# Of each dialect: the questions. `events` and `past` take $after, and are asked page after page.
QUESTIONS: dict[str, Mapping[str, str]] = {
    "ours": {
        "floor": "{ __typename }",
        "events": _OURS_EVENTS % "",
        # As it was known before the last page was recorded: for the others that is to begin with their second page.
        "past": _OURS_EVENTS % f', at: "2026", knownAt: {{position: {EVENTS - SIZE}}}',
        "deep": "query { "
        + _OURS
        % (
            SLUG,
            "events(first: 20, orderBy: OCCURRED_DESC) { nodes { eventId ... on ChartMilestone { entity: app {"
            f" {_ENTITY} events(first: 5, orderBy: OCCURRED_DESC) {{ nodes {{ eventId headline }} }} }} }} }} }}",
        )
        + " }",
        "state": "query ($refs: [ID!]!, $at: EDTF!) { "
        + _OURS
        % (
            SLUG,
            "entitiesByRef(refs: $refs, at: $at) { ... on App { ref name launched { edtf } developer { name }"
            f' rankA: rank(chart: "{chart(CHART_A).partition(":")[2]}")'
            f' rankB: rank(chart: "{chart(CHART_B).partition(":")[2]}")'
            f' bestA: bestRank(chart: "{chart(CHART_A).partition(":")[2]}")'
            f' bestB: bestRank(chart: "{chart(CHART_B).partition(":")[2]}") }} }}',
        )
        + " }",
    },
    "plain": {
        "floor": "{ __typename }",
        "events": f"query ($after: String) {{ events(first: 50, after: $after) {{ nodes {{ {_EVENT} occurred rank"
        f" entity {{ {_ENTITY} }} }} pageInfo {{ hasNextPage endCursor }} }} }}",
        "deep": f"query {{ events(first: 20) {{ nodes {{ eventId entity {{ {_ENTITY}"
        " events(first: 5) { eventId headline } } } } }",
        "state": "query ($refs: [String!]!, $at: Date!) { entities(refs: $refs, at: $at) { ref name launched"
        " developer { name }"
        f" rankA: rank(chart: {CHART_A + 1}) rankB: rank(chart: {CHART_B + 1})"
        f" bestA: bestRank(chart: {CHART_A + 1}) bestB: bestRank(chart: {CHART_B + 1}) }} }}",
    },
    "postgraphile": {
        "floor": "{ __typename }",
        "events": "query ($after: Cursor) {"
        " allEvents(first: 50, after: $after, orderBy: [OCCURRED_DESC, POSITION_DESC])"
        f" {{ nodes {{ {_EVENT} occurred rank entity: entityByEntityId {{ {_ENTITY} }} }}"
        " pageInfo { hasNextPage endCursor } } }",
        "deep": "query { allEvents(first: 20, orderBy: [OCCURRED_DESC, POSITION_DESC]) { nodes { eventId"
        f" entity: entityByEntityId {{ {_ENTITY} events: eventsByEntityId(first: 5, orderBy:"
        " [OCCURRED_DESC, POSITION_DESC]) { nodes { eventId headline } } } } } }",
    },
}

for each in ("plain", "postgraphile"):
    QUESTIONS[each] = {**QUESTIONS[each], "past": QUESTIONS[each]["events"]}
QUESTIONS["mercurius"] = {page: question for page, question in QUESTIONS["plain"].items() if page != "state"}


def variables(page: str, after: str | None = None) -> dict[str, Any]:
    match page:
        case "events" | "past":
            return {"after": after}
        case "state":
            return {"refs": STATES, "at": AT}
        case _:
            return {}


def end_of(answer: Any) -> str | None:
    """The cursor of a page of events, wherever a contender has it."""
    page = answer["data"]
    while "pageInfo" not in page:
        page = next(iter(page.values()))
    cursor: str | None = page["pageInfo"]["endCursor"]
    return cursor


def plain(value: Any) -> Any:
    """An answer without what may differ: wrappings, cursors, how dates and large numbers are written."""
    match value:
        case {"nodes": nodes, "pageInfo": {"hasNextPage": more}}:
            return [plain(nodes), more]
        case {"nodes": nodes} | {"data": {"timeline": nodes}} | {"data": nodes}:
            return plain(nodes)
        case {"edtf": date}:
            return date
        case dict():
            found = {key: plain(each) for key, each in value.items()}
            if "recordedAt" in found:
                found["recordedAt"] = datetime.fromisoformat(found["recordedAt"]).timestamp()
            if "position" in found:
                found["position"] = int(found["position"])
            return next(iter(found.values())) if len(found) == 1 and not isinstance(value.get("name"), str) else found
        case list():
            return [plain(each) for each in value]
        case _:
            return value
