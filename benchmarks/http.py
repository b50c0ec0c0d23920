"""Timeline as it is served: `timeline serve` in a process of its own, and a client in another."""

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import orjson

from benchmarks.checks import check_log, expect
from benchmarks.events import SLUG, Workload
from benchmarks.places import Place, opened
from benchmarks.serving import serving, timeline

APPEND = """mutation Append($input: AppendEventsInput!) {
  appendEvents(input: $input) {
    duplicates
    basis { position }
    errors { message }
    events { eventId position }
  }
}"""


class Send(Protocol):
    """Send the events of these indexes, shared out over the connections; what the client says of it."""

    def __call__(self, indexes: range, connections: int) -> dict[str, Any]: ...


def append(place: Place, workload: Workload, warm: int, count: int, *, callers: int) -> tuple[float, dict[str, float]]:
    """Seconds for `count` events in requests of one, after `warm` that are not timed; and what the client saw."""
    with place.fresh() as address:
        with opened(address, workload.kinds):
            pass
        with serving(timeline(address)) as (_, port), _client(port, workload) as send:
            told = [send(range(warm), callers), send(range(warm, warm + count), callers)]
        answers = [answer for each in told for answer in each["answers"]]
        failed = [answer for answer in answers if "errors" in answer or answer["data"]["appendEvents"]["errors"]]
        expect("refusals", failed[:1], [])
        events = [event for answer in answers for event in answer["data"]["appendEvents"]["events"]]
        with opened(address, workload.kinds) as timelines:
            acknowledged = {event["eventId"]: int(event["position"]) for event in events}
            check_log(timelines, workload.lines[: warm + count], acknowledged)
    latencies = statistics.quantiles(told[1]["latencies"], n=100)
    facts = {
        "client_processor_us": told[1]["processor"] / count * 1e6,
        "client_share": told[1]["processor"] / told[1]["seconds"],
        "latency_p50_ms": latencies[49] * 1e3,
        "latency_p99_ms": latencies[98] * 1e3,
    }
    return told[1]["seconds"], facts


@contextmanager
def _client(port: int, workload: Workload) -> Iterator[Send]:
    command = [sys.executable, "-m", "benchmarks.client", "127.0.0.1", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        stdin, stdout = client.stdin, client.stdout
        assert stdin is not None
        assert stdout is not None

        def send(indexes: range, connections: int) -> dict[str, Any]:
            bodies = [[_body(workload, index) for index in indexes[n::connections]] for n in range(connections)]
            stdin.write(orjson.dumps(bodies) + b"\n")
            stdin.flush()
            line = stdout.readline()
            if not line:
                raise RuntimeError("the client failed")
            answer: dict[str, Any] = orjson.loads(line)
            return answer

        yield send
        stdin.close()


def _body(workload: Workload, index: int) -> dict[str, Any]:
    return {"query": APPEND, "variables": {"input": {"timeline": SLUG, "events": [workload.graphql(index)]}}}
