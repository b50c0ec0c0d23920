"""WebSockets in uvicorn, with a way to send a message at once: no coroutine, and nothing done twice for equal ones."""

import struct

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from timeline.api.sockets import SEND_NOW

_TEXT = 0x81  # a whole message


class FrameProtocol(WebSocketsSansIOProtocol):
    """Gives the application `send_now`, as an extension of its scope."""

    async def run_asgi(self) -> None:
        extensions = self.scope["extensions"]
        extensions[SEND_NOW] = {"send": self.send_now}
        try:
            await super().run_asgi()
        finally:
            del extensions[SEND_NOW]  # it holds this connection, which holds the scope

    def send_now(self, *parts: bytes) -> bool:
        """Send a text in UTF-8, given in parts. False if it would have to wait, or is not to be sent any more."""
        if not self.writable.is_set() or self.close_sent or self.transport.is_closing() or self.conn.extensions:
            return False
        length = sum(map(len, parts))
        if length < 126:
            head = struct.pack("!BB", _TEXT, length)
        elif length < 65_536:
            head = struct.pack("!BBH", _TEXT, 126, length)
        else:
            head = struct.pack("!BBQ", _TEXT, 127, length)
        self.transport.write(b"".join((head, *parts)))
        return True
