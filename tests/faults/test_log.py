"""What the log of a server says while its database is away."""

import time
from pathlib import Path

import httpx
import pytest
from websockets import Subprotocol
from websockets.sync.client import connect

from tests.faults.servers import free_port, kill, own_postgres, serve
from timeline.database import Database
from timeline.database.migrate import migrate

pytestmark = pytest.mark.slow
APPEND = (
    'mutation { appendEvents(input: {timeline: "a", events: [{occurred: "2025",'
    ' event: {appLaunched: {app: {ref: "a"}}}}]}) { errors { message } } }'
)
FOLLOW = (
    '{"id": "1", "type": "subscribe", "payload": {"query": "subscription { events(timeline: \\"a\\") { cursor } }"}}'
)


def test_a_line_when_it_goes_and_one_when_it_comes(tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    with own_postgres() as postgres:
        database = Database.open(postgres.address)
        migrate(database)
        database.close()
        server = serve(postgres.address, port, log)
        try:
            with (
                httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http,
                connect(
                    f"ws://127.0.0.1:{port}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]
                ) as follower,
            ):

                def ask(query: str) -> httpx.Response:
                    return http.post("/graphql", json={"query": query})

                def ask_all() -> None:
                    for query in ("{ timelines(first: 1) { nodes { slug } } }", APPEND):
                        ask(query)
                    for path in ("/readyz", "/", "/t/a", "/t/a.atom", "/t/a.csv"):
                        http.get(path)

                made = ask('mutation { createTimeline(input: {slug: "a", title: "A"}) { errors { message } } }')
                assert made.json() == {"data": {"createTimeline": {"errors": []}}}
                follower.send('{"type": "connection_init"}')
                follower.recv(10)
                follower.send(FOLLOW)
                assert ask(APPEND).json() == {"data": {"appendEvents": {"errors": []}}}
                assert '"next"' in str(follower.recv(10))
                ask_all()
                before = len(log.read_text("utf-8").splitlines())
                postgres.kill_all()
                for _ in range(3):
                    ask_all()
                    time.sleep(1)
                postgres.start()
                postgres.wait()
                ask_all()
                time.sleep(1)
                ask_all()
                said = log.read_text("utf-8").splitlines()[before:]
        finally:
            kill(server)
    # A commit that is under way may be one of which nobody knows whether it was made.
    said = [line for line in said if not line.startswith("the outcome of a commit is unknown: ")]
    assert len(said) == 2, "\n".join(said)
    assert said[0].startswith("the database does not answer: ")
    assert said[1] == "the database answers again"
