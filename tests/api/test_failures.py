"""What goes wrong on the server: told with a code and no detail, logged with the same id, and got over."""

import logging
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.api.client import APPEND, Client, moved
from tests.api.conftest import app_for, client_of
from timeline.database import Database
from timeline.database.migrate import migrate
from timeline.timelines import Timelines

PAGE = 'query { timeline(slug: "toys") { events { nodes { headline } } } kinds { name } }'


async def test_an_internal_error_says_nothing_and_can_be_found(
    client: Client, timelines: Timelines, caplog: pytest.LogCaptureFixture
) -> None:
    await client.append(moved())
    with timelines.database.write.begin() as connection:
        connection.execute(text("DROP TABLE naming"))
    with caplog.at_level(logging.ERROR):
        answer = await client.answer(PAGE)  # the client itself looks for SQL, paths and tracebacks
    assert answer["data"]["timeline"] is None
    assert answer["data"]["kinds"]
    (error,) = answer["errors"]
    assert error["message"] == "Something went wrong on the server"
    assert error["path"] == ["timeline", "events", "nodes", 0, "headline"]
    assert set(error["extensions"]) == {"code", "id"}
    assert error["extensions"]["code"] == "INTERNAL"
    incident = str(UUID(error["extensions"]["id"]))
    (record,) = [record for record in caplog.records if incident in record.getMessage()]
    assert record.exc_info
    assert "naming" in str(record.exc_info[1])
    assert (await client.refused(PAGE)).extensions["id"] != incident
    assert (await client.refused(APPEND, input={"timeline": "toys", "events": [moved()]})).code == "UNAVAILABLE"


async def test_what_was_not_touched_still_answers(client: Client, timelines: Timelines) -> None:
    with timelines.database.write.begin() as connection:
        connection.execute(text("DROP TABLE citation"))
    answer = await client.answer(
        """{ timeline(slug: "toys") {
          title
          broken: extent(filter: {sourceHost: "a.example"}) { earliest }
          fine: extent { earliest }
        } }"""
    )
    assert answer["data"] == {"timeline": {"title": "Toys", "broken": None, "fine": None}}
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["timeline", "broken"], "INTERNAL")
    ]


async def test_a_database_that_is_away_and_comes_back(
    postgres_address: str, on_sqlite: Timelines, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database.open(postgres_address)
    migrate(database)
    timelines = Timelines(database, on_sqlite.kinds)
    timelines.create("toys", "Toys")
    name = make_url(postgres_address).database
    admin = create_engine(
        make_url(postgres_address).set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    async with client_of(app_for(timelines)) as client:
        await client.append(moved())
        with admin.connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            connection.exec_driver_sql(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            )
        for _ in range(2):
            assert (await client.refused('{ timeline(slug: "toys") { title } }')).code == "UNAVAILABLE"
        refused = await client.refused(APPEND, input={"timeline": "toys", "events": [moved()]})
        assert refused.code == "UNAVAILABLE"
        assert (await client.http.get("/readyz")).status_code == 503
        assert (await client.http.get("/livez")).status_code == 200
        assert (await client.ask("{ kinds { name } }"))["kinds"]  # what needs no database
        with admin.connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert (await client.http.get("/readyz")).json() == {"ready": True}
        assert (await client.append(moved()))["errors"] == []
        assert (await client.toys("basis { position }"))["basis"] == {"position": 2}
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []  # a line each says it all
    assert "does not answer" in caplog.text
    admin.dispose()
    timelines.close()


async def test_a_file_that_is_gone(tmp_path: Path, on_sqlite: Timelines) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    timelines = Timelines(Database.open(f"sqlite:///{folder / 'x.db'}"), on_sqlite.kinds)
    folder.rmdir()
    async with client_of(app_for(timelines)) as client:
        assert (await client.refused('{ timeline(slug: "toys") { title } }')).code == "UNAVAILABLE"
        assert (await client.http.get("/readyz")).status_code == 503
    timelines.close()
