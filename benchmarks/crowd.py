"""Many WebSocket subscribers in one process, driven through its pipes: `python -m benchmarks.crowd PORT`.

Each line of its input is a JSON object. `connect`: so many subscribe, with `payload`, and wait for `first` messages
each. `until`: everybody has to get this many events more; `acknowledged` says at which moment each position was, and
the delays from there to its receipt are summed up. Moments are of the system's monotonic clock.
"""

import asyncio
import base64
import os
import re
import statistics
import struct
import sys
import time
from array import array
from typing import Any

import orjson

PATIENCE = 180  # seconds for everything that is waited for
_AT_ONCE = 100  # connections that are made at the same time
_POSITION = re.compile(rb'"position":(\d+)')
_TEXT, _PONG = b"\x81", b"\x8a"


class Subscriber(asyncio.Protocol):
    """Reads frames as a client would, but decodes nothing of them except positions."""

    def __init__(self, crowd: "Crowd") -> None:
        self.crowd = crowd
        self.received = bytearray()
        self.upgraded = False
        self.messages = 0
        self.awaited: tuple[int, asyncio.Future[None]] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.lost += 1

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self.received += data
        if not self.upgraded:
            if b"\r\n\r\n" not in self.received:
                return
            if not self.received.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(bytes(self.received[:200]).decode())
            self.upgraded = True
            self.say(b'{"type":"connection_init"}')
            del self.received[: self.received.index(b"\r\n\r\n") + 4]
        while (frame := self._frame()) is not None:
            opcode, text = frame
            if opcode == 9:
                self.say(text, _PONG)
            elif opcode == 8:
                self.crowd.closed = text
            else:
                self._take(text, now)

    def _frame(self) -> tuple[int, bytes] | None:
        received = self.received
        if len(received) < 2:
            return None
        length, start = received[1] & 127, 2
        if length == 126 and len(received) >= 4:
            length, start = struct.unpack_from(">H", received, 2)[0], 4
        elif length == 127 and len(received) >= 10:
            length, start = struct.unpack_from(">Q", received, 2)[0], 10
        elif length >= 126:
            return None
        if len(received) < start + length:
            return None
        frame = received[0] & 15, bytes(received[start : start + length])
        del received[: start + length]
        return frame

    def _take(self, text: bytes, now: float) -> None:
        self.messages += 1
        if self.awaited is not None and self.messages >= self.awaited[0]:
            self.awaited[1].set_result(None)
            self.awaited = None
        for position in _POSITION.findall(text):
            self.crowd.positions.append(int(position))
            self.crowd.moments.append(now)

    async def until(self, messages: int) -> None:
        if self.messages < messages:
            self.awaited = messages, asyncio.get_running_loop().create_future()
            await self.awaited[1]

    def say(self, message: bytes, kind: bytes = _TEXT) -> None:
        length = len(message)
        head = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack(">H", length)
        self.transport.write(kind + head + bytes(4) + message)


class Crowd:
    def __init__(self, port: int) -> None:
        self.port = port
        self.subscribers: list[Subscriber] = []
        self.lost = 0
        self.closed = b""
        self.positions, self.moments = array("q"), array("d")

    async def connect(self, count: int, payload: object, first: int) -> dict[str, int]:
        for start in range(0, count, _AT_ONCE):
            await asyncio.gather(*(self._one(payload, first) for _ in range(min(_AT_ONCE, count - start))))
        del self.positions[:], self.moments[:]
        return {"connected": len(self.subscribers)}

    async def _one(self, payload: object, first: int) -> None:
        loop = asyncio.get_running_loop()
        _, one = await loop.create_connection(lambda: Subscriber(self), "127.0.0.1", self.port)
        self.subscribers.append(one)
        key = base64.b64encode(os.urandom(16)).decode()
        one.transport.write(
            f"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )
        await one.until(1)
        one.say(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        await one.until(1 + first)

    async def until(self, count: int, acknowledged: dict[str, float]) -> dict[str, float]:
        """Delays in seconds; what comes before its append was acknowledged is late by less than nothing."""
        wanted = count * len(self.subscribers)
        while len(self.positions) < wanted and not self.lost:  # noqa: ASYNC110 for each message it would cost too much
            await asyncio.sleep(0.02)
        got = len(self.positions)
        if got != wanted or self.lost:
            raise RuntimeError(
                f"{got:,} deliveries instead of {wanted:,}; {self.lost} connections lost {self.closed!r}"
            )
        at = {int(position): moment for position, moment in acknowledged.items()}
        delays = sorted(moment - at[each] for each, moment in zip(self.positions, self.moments, strict=True))
        received = {str(each): moment for each, moment in zip(self.positions, self.moments, strict=True)}
        last = max(self.moments)
        del self.positions[:], self.moments[:]
        return {
            "median": statistics.median(delays),
            "p99": delays[min(got - 1, got * 99 // 100)],
            "worst": delays[-1],
            "last": last,
        } | ({"received": received} if len(self.subscribers) == 1 else {})  # type: ignore[dict-item]


async def main(port: int) -> None:
    crowd = Crowd(port)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
        asked = orjson.loads(line)
        async with asyncio.timeout(PATIENCE):
            if "connect" in asked:
                told: object = await crowd.connect(asked["connect"], asked["payload"], asked["first"])
            else:
                told = await crowd.until(asked["until"], asked["acknowledged"])
        sys.stdout.buffer.write(orjson.dumps(told) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1])))
