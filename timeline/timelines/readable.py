"""Waiting for a socket on an event loop."""

import asyncio


class Readable:
    """Until one socket, again and again the same, can be read from. To be used in the loop's thread.

    uvloop is told of it once: to tell it each time takes as long as the rest of a short question.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._socket = -1
        self._waiting: asyncio.Future[None] | None = None

    async def wait(self, socket: int) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._socket = loop, socket
            loop.add_reader(socket, self._wake)
        self._waiting = loop.create_future()
        await self._waiting

    def forget(self) -> None:
        """Before the socket is closed: another one may get its number."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._socket)
        self._loop = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("the connection was closed"))

    def _wake(self) -> None:
        if self._waiting is None or self._waiting.done():
            self.forget()  # it was closed from afar; or, on asyncio's own loop, whoever was woken has yet to read
        else:
            self._waiting.set_result(None)
