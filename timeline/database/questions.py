"""Questions to PostgreSQL from an event loop, over libpq itself: https://www.postgresql.org/docs/current/libpq-async.html.

A cursor of psycopg's takes three times as much of the processor, for what one short statement asks again and again.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import Dialect

Row = tuple[bytes | None, ...]


class Readable(Protocol):
    """What waits until a socket can be read from; it is told to forget one before that is closed."""

    async def wait(self, socket: int) -> None: ...

    def forget(self) -> None: ...


class Questions:
    """One after the other, over a connection of its own. Values are texts, as the server writes them."""

    def __init__(self, address: str, connect: Mapping[str, Any], readable: Readable) -> None:
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  nobody else needs all of it

        self.dialect: Dialect = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
        self._address = address
        self._connect = connect
        self._readable = readable
        self._connection: Any = None
        self._prepared: dict[str, bytes] = {}

    async def rows(self, sql: str, parameters: tuple[str, ...]) -> list[Row]:
        """As `Prepared.sent` makes them. Raises if there is no answer; the next question gets another connection."""
        try:
            return await self._rows(sql, parameters)
        except BaseException:  # lost; or left in the middle
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._readable.forget()
            self._connection.pgconn.finish()
            self._connection = None

    async def _rows(self, sql: str, parameters: tuple[str, ...]) -> list[Row]:
        if self._connection is None:
            import psycopg  # noqa: PLC0415  an extra: whoever has SQLite only does without it

            connect: Any = {**self._connect, "autocommit": True, "client_encoding": "utf8"}
            self._connection = await psycopg.AsyncConnection.connect(self._address, **connect)
            self._prepared = {}
        libpq = self._connection.pgconn
        name = self._prepared.get(sql)
        if name is None:
            name = f"asked_{len(self._prepared)}".encode()
            libpq.send_prepare(name, sql.encode())
            await self._answered(libpq)
            self._prepared[sql] = name
        libpq.send_query_prepared(name, [each.encode() for each in parameters])
        found = await self._answered(libpq)
        columns = range(found.nfields)
        return [tuple([found.get_value(row, column) for column in columns]) for row in range(found.ntuples)]

    async def _answered(self, libpq: Any) -> Any:
        """The result of the one statement that was sent."""
        if libpq.flush():
            raise RuntimeError("the question is longer than a connection takes at once")
        results = []
        while True:
            while libpq.is_busy():
                await self._readable.wait(libpq.socket)
                libpq.consume_input()
            if (result := libpq.get_result()) is None:
                break
            results.append(result)
        for result in results:
            if result.error_message:
                raise RuntimeError(result.error_message.decode(errors="replace"))
        return results[-1]
