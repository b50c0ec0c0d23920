"""Operations that are generated from the schema are answered or refused, and never fail."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, example, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema
from hypothesis_graphql import nodes as literals

from tests.api.client import clean
from tests.serving import running
from timeline import main, sample
from timeline.cli import console

pytestmark = pytest.mark.slow

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
SCALARS = {
    "EDTF": st.sampled_from(["2025-01-10", "2025", "2024/2025", "[..2025-01-20]", "2025-13", ""]) | TEXTS,
    "DateTime": st.sampled_from(["2025-01-20T09:30:00Z", "2025-01-20"]) | TEXTS,
    "URL": st.sampled_from(["https://example.org/", "javascript:x"]) | TEXTS,
    "UUID": st.uuids().map(str) | TEXTS,
    "Decimal": st.decimals(allow_nan=False, allow_infinity=False).map(str) | TEXTS,
    "JSON": TEXTS,
}
OPERATIONS = from_schema(
    (Path(__file__).parents[2] / "schema.graphql").read_text("utf-8"),
    custom_scalars={
        **{name: values.map(literals.String) for name, values in SCALARS.items()},
        "Position": st.integers(-1, 100).map(literals.Int),
    },
)
# Texts are drawn from the constants of this project as well, and what is inside is no secret to whoever names it.
REPEATED = '{ timeline(slug: "toys") { extent(filter: {occurred: "psycopg"}) { __typename } } }'
HTTP = httpx.Client()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = f"sqlite:///{tmp_path_factory.mktemp('fuzzed') / 'sample.db'}"
    given = console.settings(database=database)
    timelines = main.open_timelines(given, main.load_kinds(given))
    sample.load(timelines)
    timelines.close()
    with running("serve", "--database", database, "--port", "0") as (_, served):
        yield f"{served}/graphql"


@pytest.mark.parametrize("number", range(5))
def test_generated_operations(address: str, number: int) -> None:
    @seed(number)
    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @example(REPEATED, False)
    @given(operation=OPERATIONS, about_the_sample=st.booleans())
    def check(operation: str, about_the_sample: bool) -> None:
        asked = operation.replace('slug: ""', f'slug: "{sample.SLUG}"') if about_the_sample else operation
        answer = clean(HTTP.post(address, json={"query": asked}, timeout=60), asked)
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert not codes & {"INTERNAL", "UNAVAILABLE"}, answer

    check()
