"""GraphQL over WebSocket: the protocol graphql-transport-ws, https://github.com/enisdenjo/graphql-ws."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from timeline.api.faults import ComeBack, ended_by
from timeline.api.feeds import Answer
from timeline.api.live import Live
from timeline.api.operations import Operation
from timeline.api.payloads import HttpRefusal, parse_json
from timeline.errors import BadInput

PROTOCOL = "graphql-transport-ws"
# An extension of the scope, by which a server lets messages be sent at once: `send` takes the parts of a text, and says
# whether it could.
SEND_NOW = "timeline.send_now"
MAX_ID = 64  # characters of an operation's id
MAX_RATE = 50  # messages a second from one client
_LOOK = 1.0  # seconds between two looks for clients that are too slow
_MAX_REASON = 123  # bytes of the reason in a close frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one connection: operations at once, seconds until it must have said connection_init, and seconds in which it
    must have taken a message.
    """

    operations: int
    init_timeout: float
    slow: float = 30


LIMITS = Limits(operations=20, init_timeout=10)


class _Close(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Sockets:
    """The ASGI application for WebSockets."""

    def __init__(self, live: Live, limits: Limits, origins: Collection[str]) -> None:
        self._live = live
        self._limits = limits
        self._origins = origins
        self._sending: dict[_Connection, float] = {}  # since when, those of old first
        self._looking: asyncio.TimerHandle | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        headers = Headers(scope=scope)
        if not _is_same_origin(headers) and headers["origin"] not in self._origins:
            await send({"type": "websocket.close", "code": 4403})  # before accepting: answered as 403
            return
        if PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": f"Only {PROTOCOL} is spoken here"})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        send_now = scope.get("extensions", {}).get(SEND_NOW, {}).get("send")
        connection = _Connection(self._live, self._limits, self._sending, receive, send, send_now)
        if self._looking is None:
            self._look()
        await connection.run()

    def _look(self) -> None:
        """End connections whose clients do not take what they are sent. A timer for each message would cost more."""
        loop = asyncio.get_running_loop()
        for connection, since in list(self._sending.items()):
            if loop.time() - since < self._limits.slow:
                break
            connection.drop()
        self._looking = loop.call_later(_LOOK, self._look)


def _is_same_origin(headers: Headers) -> bool:
    """Browsers say which page opens a socket, and let every page. Whoever is no browser says nothing."""
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host", "")


class _Connection:
    """`sending` is where it says since when it waits for a message to be taken."""

    def __init__(
        self,
        live: Live,
        limits: Limits,
        sending: dict["_Connection", float],
        receive: Receive,
        send: Send,
        send_now: Callable[..., bool] | None,
    ) -> None:
        self._live = live
        self._limits = limits
        self._sending = sending
        self._receive = receive
        self._send = send
        self._send_now = send_now
        self._task: asyncio.Task[Any] | None = None
        self._dropped = False
        self._loop = asyncio.get_running_loop()
        self._acknowledged = False
        self._closed = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._allowance, self._counted_at = float(MAX_RATE), self._loop.time()

    async def run(self) -> None:
        self._task = asyncio.current_task()
        close = None
        try:
            await self._listen()
        except _Close as closing:
            close = closing
        except asyncio.CancelledError:
            if not self._dropped:
                raise
            close = _Close(4490, "Slow consumer")  # who reads on finds it behind what was sent before
        except Exception as error:  # noqa: BLE001 it is logged
            close = _closing(error)
        finally:
            tasks = list(self._running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._sending.pop(self, None)
        if close is not None:
            await self._close(close.code, close.reason)

    def drop(self) -> None:
        """Its client takes nothing."""
        if not self._dropped and self._task is not None:
            self._dropped = True
            self._task.cancel()

    async def _listen(self) -> None:
        try:
            async with asyncio.timeout(self._limits.init_timeout) as patience:
                while (message := await self._receive())["type"] != "websocket.disconnect":
                    self._count()
                    await self._take(self._read(message))
                    if self._acknowledged:
                        patience.reschedule(None)
        except TimeoutError:
            raise _Close(4408, "Connection initialisation timeout") from None
        except OSError:
            return  # the client is gone

    def _count(self) -> None:
        now = self._loop.time()
        self._allowance = min(MAX_RATE, self._allowance + (now - self._counted_at) * MAX_RATE) - 1
        self._counted_at = now
        if self._allowance < 0:
            raise _Close(4429, "Too many messages")

    def _read(self, message: Mapping[str, Any]) -> dict[str, Any]:
        text = message.get("text")
        if text is None:
            raise _Close(4400, "A message has to be text")
        try:
            return parse_json(text)
        except HttpRefusal:
            raise _Close(4400, "A message has to be a JSON object") from None

    async def _take(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                if not isinstance(message.get("payload"), dict | None):
                    raise _Close(4400, "The payload of connection_init has to be an object")
                if self._acknowledged:
                    raise _Close(4429, "Too many initialisation requests")
                self._acknowledged = True
                await self._say({"type": "connection_ack"})
            case "ping" | "pong" as kind:
                if not isinstance(message.get("payload"), dict | None):
                    raise _Close(4400, f"The payload of {kind} has to be an object")
                if kind == "ping":
                    await self._say({**message, "type": "pong"})
            case "subscribe":
                self._begin(_id(message), message.get("payload"))
            case "complete":
                if running := self._running.pop(_id(message), None):
                    running.cancel()
            case _:
                raise _Close(4400, "Unknown type of message")

    def _begin(self, id: str, payload: object) -> None:
        if not self._acknowledged:
            raise _Close(4401, "Unauthorized")
        try:
            operation = self._live.operations.of(payload)
        except BadInput as bad:
            raise _Close(4400, bad.message) from None
        if id in self._running:
            raise _Close(4409, f"Subscriber for {id} already exists")
        if len(self._running) >= self._limits.operations:
            raise _Close(4429, f"At most {self._limits.operations} operations at once")
        self._running[id] = self._loop.create_task(self._operate(id, operation))

    async def _operate(self, id: str, operation: Operation) -> None:
        start, end = b'{"id":%b,"type":"next","payload":' % orjson.dumps(id), b"}"

        def hand(answer: Answer) -> bool:
            return self._send_now is not None and not self._closed and self._send_now(start, answer.payload, end)

        answers = self._live.answers(operation, hand=hand)
        del operation  # what it says is said by many, and it would be kept for as long as this goes on
        try:
            async with aclosing(answers):
                async for answer in answers:
                    if answer.failed:
                        await self._end(id, {"type": "error", "payload": orjson.loads(answer.payload)["errors"]})
                        return
                    if not hand(answer):
                        self._sending.setdefault(self, self._loop.time())
                        await self._write(b"".join((start, answer.payload, end)).decode())
                        self._sending.pop(self, None)
            await self._end(id, {"type": "complete"})
        except OSError:
            pass  # the client is gone: the reading side notices
        except Exception as error:  # noqa: BLE001 it is logged
            close = _closing(error)
            await self._close(close.code, close.reason)

    async def _end(self, id: str, message: dict[str, Any]) -> None:
        del self._running[id]  # from here on the client may use the id again
        await self._say({"id": id, **message})

    async def _say(self, message: dict[str, Any]) -> None:
        await self._write(orjson.dumps(message).decode())

    async def _write(self, text: str) -> None:
        """OSError if there is nobody to take it any more."""
        if self._closed:
            raise ConnectionError
        try:
            await self._send({"type": "websocket.send", "text": text})
        except RuntimeError:
            raise ConnectionError from None  # the server has closed already, since pings were not answered

    async def _close(self, code: int, reason: str) -> None:
        if not self._closed:
            self._closed = True
            reason = reason.encode()[:_MAX_REASON].decode(errors="ignore")
            with suppress(OSError, RuntimeError):  # it was closed from the other side, or by the server
                await self._send({"type": "websocket.close", "code": code, "reason": reason})


def _closing(error: Exception) -> _Close:
    if isinstance(ended_by(error), ComeBack):
        return _Close(1013, "Try again later")
    return _Close(4500, "Internal server error")


def _id(message: dict[str, Any]) -> str:
    given = message.get("id")
    if not isinstance(given, str) or not 1 <= len(given) <= MAX_ID:
        raise _Close(4400, f"An id has to be a text of 1 to {MAX_ID} characters")
    return given
