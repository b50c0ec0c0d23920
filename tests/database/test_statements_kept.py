"""SQLite reads the text of a statement once for a connection, though it was asked 300 others before."""

from typing import Any

from timeline.database import Database

_OTHERS = 300


def test_a_new_statement_is_read_once(sqlite_address: str) -> None:
    database = Database.open(sqlite_address)
    read: list[Any] = []

    def reading(*told: Any) -> int:
        read.append(told)
        return 0  # SQLITE_OK

    try:
        for engine in (database.read, database.write):
            with engine.connect() as connection:
                for number in range(_OTHERS):
                    connection.exec_driver_sql(f"SELECT {number}")
                driver: Any = connection.connection.driver_connection
                driver.set_authorizer(reading)  # it is asked whenever a text is read
                for statement in ("SELECT 'a'", "SELECT 'b'"):
                    connection.exec_driver_sql(statement)
                assert read
                read.clear()
                for statement in ("SELECT 'a'", "SELECT 'b'"):
                    connection.exec_driver_sql(statement)
                assert read == []
    finally:
        database.close()
