"""What the README shows is what happens: its queries, its file of kinds, its commands and its tables."""

import inspect
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer.main
from typer.testing import CliRunner

from timeline import main, sample
from timeline.api import asking, connections, lookups, subscription
from timeline.cli import app
from timeline.cli.console import settings
from timeline.domain import limits
from timeline.errors import TimelineError
from timeline.projection import spans
from timeline.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def block(language: str) -> str:
    """The one block of a language."""
    (found,) = (text for each, text in BLOCKS if each == language)
    return str(found)


def questions() -> list[tuple[str, Any]]:
    """Each block of GraphQL with the answer that stands below it."""
    spoken = [(language, text) for language, text in BLOCKS if language in ("graphql", "json")]
    assert [language for language, _ in spoken] == ["graphql", "json"] * (len(spoken) // 2)
    return [(query, json.loads(answer)) for (_, query), (_, answer) in zip(spoken[::2], spoken[1::2], strict=True)]


def table(first_column: str) -> list[list[str]]:
    """The rows of the table whose first column has this title."""
    body = README.split(f"\n| {first_column} |")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in body.split("\n")[2:]]


@pytest.fixture
def given(tmp_path: Path, sqlite_address: str) -> Settings:
    """The sample, and the timeline that the README's file of kinds and its line are for."""
    (tmp_path / "recalls.py").write_text(block("python"), "utf-8")
    (tmp_path / "recalls.jsonl").write_text(block("jsonl"), "utf-8")
    (command,) = re.findall(r"^timeline (append .+)$", README, re.MULTILINE)
    arguments = [re.sub(r"^recalls\.", f"{tmp_path}/recalls.", word) for word in command.split()]
    result = CliRunner().invoke(app, [*arguments, "--database", sqlite_address])
    assert result.exit_code == 0, result.output
    return settings(database=sqlite_address, kinds=str(tmp_path / "recalls.py"))


@pytest.fixture
async def client(given: Settings) -> AsyncIterator[httpx.AsyncClient]:
    timelines = main.open_timelines(given, main.load_kinds(given))
    sample.load(timelines)
    transport = httpx.ASGITransport(main.build_application(given, timelines))
    async with httpx.AsyncClient(transport=transport, base_url="http://timeline") as one:
        yield one
    timelines.close()


async def ask(client: httpx.AsyncClient, query: str, variables: dict[str, Any] | None = None) -> Any:
    answer = await client.post("/graphql", json={"query": query, "variables": variables or {}})
    return answer.json()


def hide_cursors(answer: Any) -> Any:
    """A cursor holds a piece of a salted hash, so each log has its own."""
    return json.loads(re.sub(r'"endCursor": "[^"]+"', '"endCursor": "…"', json.dumps(answer, ensure_ascii=False)))


async def test_every_question_has_the_answer_below_it(client: httpx.AsyncClient) -> None:
    for query, answer in questions():
        assert hide_cursors(await ask(client, query)) == answer, query


async def test_the_pages_fit_together(client: httpx.AsyncClient) -> None:
    (query,) = (query for query, _ in questions() if "$after" in query)
    append = next(query for query, _ in questions() if query.startswith("mutation"))
    found: list[str] = []
    variables: dict[str, Any] = {"knownAt": {"position": 33}}
    while True:
        page = (await ask(client, query, variables))["data"]["timeline"]["events"]
        found += [node["headline"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        variables["after"] = page["pageInfo"]["endCursor"]
        await ask(client, append)
    assert len(found) == page["totalCount"] == 31


async def test_an_append_that_is_sent_again_gives_the_first_result(client: httpx.AsyncClient) -> None:
    append = next(query for query, _ in questions() if query.startswith("mutation"))
    first, again = [(await ask(client, append))["data"]["appendEvents"] for _ in range(2)]
    assert again == {**first, "duplicates": 1}


def test_the_import_says_what_stands_below_it(
    tmp_path: Path, sqlite_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models.csv").write_text(block("csv"), "utf-8")
    (tmp_path / "models.toml").write_text(block("toml"), "utf-8")
    monkeypatch.chdir(tmp_path)
    (command,) = re.findall(r"^timeline (import .+)$", README, re.MULTILINE)
    result = CliRunner().invoke(app, [*command.split(), "--database", sqlite_address])
    assert (result.exit_code, result.output) == (3, block("text"))


async def test_the_kinds_can_be_asked_for(client: httpx.AsyncClient) -> None:
    (query,) = re.findall(r"`(\{ kinds .+?\} \})`", README)
    kinds = (await ask(client, query))["data"]["kinds"]
    assert {"chart.milestone", "product.recalled"} <= {kind["name"] for kind in kinds}


async def test_a_timeline_can_be_made(client: httpx.AsyncClient) -> None:
    (field,) = re.findall(r"`(createTimeline\(.+?\))`", README)
    answer = await ask(client, f"mutation {{ {field} {{ timeline {{ slug }} errors {{ code }} }} }}")
    assert answer == {"data": {"createTimeline": {"timeline": {"slug": "mine"}, "errors": []}}}


async def test_the_addresses_answer(client: httpx.AsyncClient) -> None:
    for path in ("/livez", "/readyz", "/schema.graphql"):
        assert (await client.get(path)).status_code == 200


def test_the_first_question_is_that_of_the_demo() -> None:
    assert questions()[0][0].strip() == sample.QUERY


def test_a_kind_takes_less_than_30_lines() -> None:
    assert len(block("python").splitlines()) < 30


def test_the_commands_are_those_that_there_are() -> None:
    rows = {re.sub(r"^`timeline (\w+).*`$", r"\1", name): options for name, _, options in table("Command")}
    assert rows.keys() == COMMANDS.keys()
    for name, command in COMMANDS.items():
        options = {option for each in command.params for option in each.opts if option.startswith("--")}
        assert set(re.findall(r"--[\w-]+", rows[name])) == options - {"--help"}, name


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_every_option_is_described(name: str) -> None:
    assert COMMANDS[name].help
    for parameter in COMMANDS[name].params:
        assert parameter.help, parameter.name
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0, result.output
    shown = re.sub(r"[\s│]", "", result.output)
    for parameter in COMMANDS[name].params:
        if (field := Settings.model_fields.get(str(parameter.name))) is not None:
            usual = f",or{field.default}" if field.default else ""
            assert f"(default:TIMELINE_{str(parameter.name).upper()}{usual})" in shown


def test_the_settings_are_those_that_there_are() -> None:
    assert table("Variable") == [
        [
            f"`TIMELINE_{name.upper()}`",
            f"`{json.dumps(field.default).strip(chr(34))}`".replace("``", ""),
            field.description,
        ]
        for name, field in Settings.model_fields.items()
    ]


LIMITS = {
    "Characters of a name": limits.MAX_NAME,
    "Characters of a text of one line": limits.MAX_SHORT,
    "Characters of a longer text, and of a note": limits.MAX_TEXT,
    "Characters of a quote": limits.MAX_QUOTE,
    "Characters of a URL": limits.MAX_URL,
    "Characters of a slug": limits.MAX_SLUG,
    "Entries of a list in an event": limits.MAX_LIST,
    "Sources of an event": limits.MAX_SOURCES,
    "Bytes of an event": limits.MAX_CONTENT,
    "Events in one append": limits.MAX_EVENTS,
    "Characters of a search": limits.MAX_SEARCH,
    "Words and phrases of a search": limits.MAX_PHRASES,
    "Bytes of a request (`TIMELINE_MAX_BODY`)": Settings.model_fields["max_body"].default,
    "Tokens of a document (`TIMELINE_MAX_TOKENS`)": Settings.model_fields["max_tokens"].default,
    "Fields inside each other (`TIMELINE_MAX_DEPTH`)": Settings.model_fields["max_depth"].default,
    "Aliases and repeated fields (`TIMELINE_MAX_ALIASES`)": Settings.model_fields["max_aliases"].default,
    "Fields of an operation (`TIMELINE_MAX_FIELDS`)": Settings.model_fields["max_fields"].default,
    "Cost of an operation (`TIMELINE_MAX_COST`)": Settings.model_fields["max_cost"].default,
    "Nodes of a page": connections.MAX_PAGE,
    "Entities in a filter": asking.MAX_REFS,
    "Ids in one `nodes(ids: …)`": lookups.MAX_IDS,
    "Events of a batch in a subscription": subscription.MAX_BATCH,
    "Bars of a histogram": spans.MAX_BARS,
}


def test_the_limits_are_those_that_there_are() -> None:
    assert dict(table("What")) == {what: f"{limit:,}" for what, limit in LIMITS.items()}
    stated = [value for name, value in vars(limits).items() if name.startswith("MAX_")]
    assert stated == list(LIMITS.values())[: len(stated)]


def test_the_error_codes_are_those_that_there_are() -> None:
    def codes(error: type[TimelineError]) -> set[str]:
        own = {error.code} if "code" in vars(error) else set()
        return own.union(*map(codes, error.__subclasses__()))

    assert {code.strip("`") for code, _ in table("Code")} == codes(TimelineError) | {"INTERNAL"}


def test_what_it_links_to_is_there() -> None:
    root = Path(inspect.getfile(test_what_it_links_to_is_there)).parents[1]
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (root / target).exists(), target
