"""A light HTTP/1.1 client in a process of its own: `python -m benchmarks.client HOST PORT`, driven through its pipes.

Each line of its input is a JSON list of lists of request bodies, one list for each connection. It answers each with one
line: how long it took, what it cost this process, and the answers. Answers are read after the clock has stopped.
"""

import asyncio
import sys
import time
from itertools import chain

import orjson

HEADER = "POST /graphql HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
PATIENCE = 120  # seconds for everything

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def ask(stream: Stream, requests: list[bytes]) -> list[tuple[float, bytes]]:
    """Send each request when the one before is answered; seconds and answer of each."""
    reader, writer = stream
    answers = []
    for request in requests:
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        answer = await reader.readexactly(length)
        answers.append((time.perf_counter() - started, answer))
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError((head + answer).decode())
    return answers


async def send(host: str, port: int, connections: list[list[bytes]]) -> bytes:
    requests = [[HEADER.format(host, port, len(body)).encode() + body for body in bodies] for bodies in connections]
    async with asyncio.timeout(PATIENCE):
        streams = await asyncio.gather(*(asyncio.open_connection(host, port) for _ in connections))
        started, cost = time.perf_counter(), time.process_time()
        answers = list(chain.from_iterable(await asyncio.gather(*map(ask, streams, requests))))
        seconds, processor = time.perf_counter() - started, time.process_time() - cost
    for _, writer in streams:
        writer.close()
    told = {
        "seconds": seconds,
        "processor": processor,
        "latencies": [latency for latency, _ in answers],
        "answers": [orjson.loads(answer) for _, answer in answers],
    }
    return orjson.dumps(told)


def main(host: str, port: int) -> None:
    for line in sys.stdin.buffer:
        connections = [[orjson.dumps(body) for body in bodies] for bodies in orjson.loads(line)]
        sys.stdout.buffer.write(asyncio.run(send(host, port, connections)) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
