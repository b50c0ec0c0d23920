from collections.abc import Iterator

import pytest

from timeline.database import Database
from timeline.database.migrate import migrate


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    opened = Database.open(address)
    migrate(opened)
    yield opened
    opened.close()
