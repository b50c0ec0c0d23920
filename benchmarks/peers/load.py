"""Load from a process of its own: `python -m benchmarks.peers.load`, driven through its pipes.

Each line of its input is a JSON object: a port, requests as HTTP/1.1 has them, connections and seconds. Each connection
sends the requests in turn, the next one when the one before is answered, until the time is over. It answers each line
with one: requests a second, and seconds of each request.
"""

import asyncio
import sys
import time

import orjson

PATIENCE = 30  # seconds that an answer may take


class Connection(asyncio.Protocol):
    """Reads answers that have a content-length, or 304, as light as can be: the server is to be the slower one."""

    def __init__(self, requests: list[bytes], first: int, until: float) -> None:
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._next = first
        self._until = until
        self._buffer = b""
        self._needed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._next = (self._next + 1) % len(self._requests)
        self._began = time.perf_counter()
        self._transport.write(self._requests[self._next])

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._needed:
            head, found, _ = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            if head.startswith(b"HTTP/1.1 304 "):
                length = b"0"
            elif not head.startswith(b"HTTP/1.1 200 ") or not length:
                self.done.set_exception(RuntimeError(self._buffer.decode()))
                self._transport.abort()
                return
            self._needed = len(head) + 4 + int(length)
        if len(self._buffer) < self._needed:
            return
        now = time.perf_counter()
        self.latencies.append(now - self._began)
        self._buffer, self._needed = b"", 0
        if now < self._until:
            self._ask()
        else:
            self._transport.close()
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or RuntimeError("the server closed the connection"))


async def send(port: int, texts: list[str], connections: int, seconds: float) -> bytes:
    requests = [each.encode() for each in texts]
    loop, started = asyncio.get_running_loop(), time.perf_counter()
    made = [
        await loop.create_connection(
            lambda first=number * 3: Connection(requests, first, started + seconds),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        for number in range(connections)
    ]
    async with asyncio.timeout(seconds + PATIENCE):
        await asyncio.gather(*(connection.done for _, connection in made))
    took = time.perf_counter() - started
    latencies = [each for _, connection in made for each in connection.latencies]
    return orjson.dumps({"rate": len(latencies) / took, "latencies": latencies})


def main() -> None:
    for line in sys.stdin.buffer:
        given = orjson.loads(line)
        answer = asyncio.run(send(given["port"], given["requests"], given["connections"], given["seconds"]))
        sys.stdout.buffer.write(answer + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
