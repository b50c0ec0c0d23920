"""Real clients meet the contract: they page through the log, and keep two views of one entity apart."""

import subprocess
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.npm import told
from timeline import sample

pytestmark = pytest.mark.slow  # npm installs the clients

RANKS = [1, 2]  # of ChatGPT, on 15 and on 25 January 2025
PAGE = 10  # events, in each script


@pytest.fixture(scope="session")
def positions(address: str) -> list[int]:
    """Of all events that stand, as one page gives them; in order, and as many as the server counts."""
    query = """query ($slug: ID!) {
      timeline(slug: $slug) { events(first: 200, orderBy: RECORDED_ASC) { nodes { position } totalCount } }
    }"""
    answer = httpx.post(address, json={"query": query, "variables": {"slug": sample.SLUG}})
    events = answer.json()["data"]["timeline"]["events"]
    found = [node["position"] for node in events["nodes"]]
    assert found == sorted(set(found))
    assert len(found) == events["totalCount"] > 3 * PAGE
    return found


def pages_of(positions: list[int]) -> list[list[int]]:
    return [positions[start : start + PAGE] for start in range(0, len(positions), PAGE)]


def assert_apart(views: list[dict[str, Any]]) -> None:
    assert [view["rank"] for view in views] == RANKS
    assert len({view["id"] for view in views}) == len(RANKS)


@pytest.fixture(scope="session")
def compiled(clients: Path) -> Path:
    """The same folder, after relay-compiler accepted the schema and the documents."""
    command = ["node", "node_modules/relay-compiler/cli.js", "relay.config.json", "--noWatchman"]
    done = subprocess.run(command, cwd=clients, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return clients


def test_relay(compiled: Path, address: str, positions: list[int]) -> None:
    """Its runtime reads the later pages of a fragment through `node`."""
    said = told(compiled, "relay.mjs", address)
    assert [page["positions"] for page in said["pages"]] == pages_of(positions)
    assert {page["query"] for page in said["pages"][1:]} == {"pagingRefetchQuery"}
    assert said["stored"] == positions
    assert_apart(said["views"])


def test_what_has_one_id_is_one_thing(compiled: Path, address: str) -> None:
    """Relay warns where two instances of one id differ, here in an answer that looks at everything in many ways."""
    said = told(compiled, "identity.mjs", address)
    assert said["warnings"] == []
    assert said["ids"] > 300


def test_apollo(clients: Path, address: str, positions: list[int]) -> None:
    said = told(clients, "apollo.mjs", address)
    assert_apart(said["views"])
    assert said["views"] == said["cached"] == said["again"]
    assert sorted(said["apps"]) == sorted(f"App:{view['id']}" for view in said["views"])
    assert said["pages"] == pages_of(positions)
    assert said["stored"] == positions


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_urql(method: str, clients: Path, address: str, positions: list[int]) -> None:
    said = told(clients, "urql.mjs", address, method)
    assert said["methods"] == [method]
    assert_apart(said["views"])
    assert list(chain(*said["pages"])) == positions
    assert said["codes"] == ["BAD_INPUT"]


def test_graphql_eslint(clients: Path) -> None:
    assert told(clients, "lint.mjs", "schema.graphql") == []


def test_graphql_eslint_finds_what_relay_could_not_use(clients: Path) -> None:
    schema = (clients / "schema.graphql").read_text("utf-8")
    (clients / "broken.graphql").write_text(schema.replace("hasNextPage: Boolean!", "hasNextPage: Int"), "utf-8")
    assert {each["rule"] for each in told(clients, "lint.mjs", "broken.graphql")} == {"@graphql-eslint/relay-page-info"}
