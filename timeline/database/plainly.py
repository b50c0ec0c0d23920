"""Why a database cannot be used, and what to do, in place of a driver's words."""

import re

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

_ADVICE = (
    (r'database "(.+?)" does not exist', r"the server has no database '\1': make it with `createdb \1`"),
    (r'role "(.+?)" does not exist', r"the server knows no user '\1'"),
    (r"password authentication failed|no password supplied", "the server does not take this user and password"),
    (
        r"connection to server .*(?:Connection refused|No such file or directory)",
        "nobody listens there: is the server running, and is the address right?",
    ),
    (r"resolve host|translate host name|Name or service not known", "there is no such host: is the address right?"),
    (r"timeout expired|timed out", "the server does not answer in time: is the address right, and may it be reached?"),
    (r"idle-in-transaction", "the server ended a transaction that had stood still for too long"),
    (
        r"starting up|shutting down|server closed|terminating connection",
        "the server ended the connection: it is stopping or starting, or somebody told it to",
    ),
    (r"unable to open database file", "the file cannot be opened: does its folder exist, and may it be written to?"),
    (r"file is not a database", "the file is something else than a SQLite database: name another one"),
)


def plainly(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    text = str(cause).strip()
    for pattern, advice in _ADVICE:
        if found := re.search(pattern, text):
            return found.expand(advice)
    first = (text.splitlines() or [type(cause).__name__])[0]
    return re.sub(r"^connection (failed|is bad): ", "", first)


def named(address: str) -> str:
    """A database's address without what is secret in it."""
    return str(make_url(address).set(query={}))
