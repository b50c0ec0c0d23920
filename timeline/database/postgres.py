"""PostgreSQL 15 and later, by psycopg 3."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from timeline.database import directly
from timeline.database.directly import driver_of, errors_of, tell
from timeline.database.questions import Questions, Readable

INLINE = False  # a read waits for the network: the event loop must not
ARRAYS = True  # instead of parameters that driver and server have to read one by one
ONE_WRITER = False
MIGRATED_WHEN_OPENED = False  # other versions may be using it
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
INSERT = "INSERT"
RECORDS_AT_ONCE = 250  # while the server writes their rows, the next ones are made
UNSURE = "unsure"  # in a connection's info: the server said that the last commit may not be everywhere it should be

# A node that stops while it holds a head row must not stall the others for long.
_OPTIONS = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
_CONNECT: dict[str, Any] = {
    "options": _OPTIONS,
    "application_name": "timeline",
    "tcp_user_timeout": 20_000,
    "connect_timeout": 10,
}
# A page looks up some hundred rows in indexes, which are in memory or on disks that do not turn. PostgreSQL takes each
# to cost as much as four in a row, and then would rather read a whole table of 20,000 rows.
_READ = _CONNECT | {"options": f"{_OPTIONS} -c random_page_cost=1.1"}


def is_there(url: URL) -> bool:
    """A server makes no database of its own accord."""
    return True


def engines(url: URL, pool_size: int) -> tuple[Engine, Engine]:
    """One engine for reads, in autocommit, and one for the writer thread and migrations."""
    url = url.set(drivername="postgresql+psycopg")
    read = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args=_READ,
    )
    # Without a ping before each group: a connection that was cut is noticed by the first statement, and the group tried
    # again on a new one.
    write = create_engine(url, pool_size=1, max_overflow=1, connect_args=_CONNECT)
    event.listen(write, "connect", _listen_for_warnings)
    return read, write


def _listen_for_warnings(driver: Any, record: Any) -> None:
    """A commit whose wait for a replica was cut short is answered with success and the warning 01000."""

    def heard(diagnostic: Any) -> None:
        if diagnostic.sqlstate == "01000":
            record.info[UNSURE] = True

    driver.add_notice_handler(heard)


rows = directly.rows


def send(connection: Connection, statement: str, parameters: Any) -> None:
    if (direct := driver_of(connection)) is None:
        connection.exec_driver_sql(statement, parameters)
        return
    cursor, several = direct.cursor(), isinstance(parameters, list)
    try:
        if several and len(parameters) > 1:
            cursor.executemany(statement, parameters)
        else:
            cursor.execute(statement, parameters[0] if several else parameters)
    except errors_of(connection) as error:
        tell(connection, statement, parameters, error)


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Send statements that need no answer without waiting between them; errors come at the end."""
    import psycopg  # noqa: PLC0415  an extra: whoever has SQLite only does without it

    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        raise DBAPIError.instance(
            "", None, error, psycopg.Error, connection_invalidated=driver.closed, dialect=connection.dialect
        ) from error


class _Growth:
    """NOTIFY in the append's transaction, LISTEN on a connection that does nothing else."""

    def announce(self, connection: Connection) -> None:
        connection.exec_driver_sql("NOTIFY timeline_grown")

    @contextmanager
    def listening(self, engine: Engine) -> Iterator[Callable[[float], bool]]:
        import psycopg  # noqa: PLC0415

        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            connection.detach()  # it is not one of the pool's, and is closed at the end
            connection.exec_driver_sql("LISTEN timeline_grown")

            def wait(seconds: float) -> bool:
                try:
                    return any(True for _ in driver.notifies(timeout=seconds, stop_after=1))
                except psycopg.Error as error:
                    raise DBAPIError.instance(
                        None, None, error, psycopg.Error, connection_invalidated=driver.closed, dialect=engine.dialect
                    ) from error

            yield wait

    @contextmanager
    def counting(self, engine: Engine) -> Iterator[None]:
        """A notification may be lost, and a number would have to be asked for: as well ask for what is wanted."""
        yield None


growth = _Growth()


def questions(engine: Engine, readable: Readable) -> Questions | None:
    if sys.platform == "win32":
        return None  # psycopg does not go with the event loop there
    # It asks for few rows, again and again: to plan that each time, and bitmaps, would take longer than the rest.
    connect = _CONNECT | {"options": f"{_OPTIONS} -c plan_cache_mode=force_generic_plan -c enable_bitmapscan=off"}
    return Questions(engine.url.set(drivername="postgresql").render_as_string(hide_password=False), connect, readable)


def alone(connection: Connection) -> None:
    """CREATE TABLE IF NOT EXISTS, twice at once, fails one of the two."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('timeline migrate'))")


def append_only(table: str, *unique: str) -> list[str]:
    """Statements that make the database refuse UPDATE, DELETE and TRUNCATE on a table."""
    function = f"{table}_append_only"
    return [
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{table} is append-only: % is refused', TG_OP; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    ]


def redactable() -> list[str]:
    """Statements that let an UPDATE of `record` through if it blanks content and salt, and a redaction is recorded."""
    return [
        "CREATE FUNCTION redaction_recorded() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NOT EXISTS (SELECT 1 FROM record said, record target"
        " WHERE said.timeline_id = NEW.timeline_id AND said.position = NEW.redaction"
        " AND target.timeline_id = NEW.timeline_id AND target.position = NEW.position"
        " AND said.content::json->>'kind' = 'redaction'"
        " AND said.content::json->'data'->>'target' = target.event_id::text)"
        " THEN RAISE EXCEPTION 'no redaction of this record is recorded'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER redaction_recorded BEFORE INSERT ON redaction"
        " FOR EACH ROW EXECUTE FUNCTION redaction_recorded()",
        "CREATE FUNCTION record_only_blanked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.content IS NULL AND NEW.salt IS NULL AND (NEW.timeline_id, NEW.position, NEW.event_id,"
        " NEW.recorded_at, NEW.commitment, NEW.hash) = (OLD.timeline_id, OLD.position, OLD.event_id,"
        " OLD.recorded_at, OLD.commitment, OLD.hash) AND EXISTS (SELECT 1 FROM redaction"
        " WHERE timeline_id = OLD.timeline_id AND position = OLD.position) THEN RETURN NEW; END IF;"
        " RAISE EXCEPTION 'record is append-only: UPDATE is refused'; END $$",
        "DROP TRIGGER record_no_change ON record",
        "CREATE TRIGGER record_no_change BEFORE DELETE OR TRUNCATE ON record"
        " FOR EACH STATEMENT EXECUTE FUNCTION record_append_only()",
        "CREATE TRIGGER record_only_blanked BEFORE UPDATE ON record"
        " FOR EACH ROW EXECUTE FUNCTION record_only_blanked()",
    ]


def scrub(connection: Connection) -> bool:
    """What a server keeps of a blanked row, in dead tuples, its WAL and backups, is for its own upkeep to clear."""
    return True
