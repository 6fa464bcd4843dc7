"""A reverse proxy as plain as can be: bytes go to the server and back, nothing is added or stripped."""

import asyncio
import threading


class PlainProxy:
    """Listens on a port of its own in a thread, passes on what begins with a path, and answers 404 to the rest."""

    def __init__(self, port, path):
        self._port, self._path = port, path.encode()
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        threading.Thread(target=self._run, daemon=True).start()
        self._ready.wait(10)

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        target = head.split(b" ", 2)[1]
        if not target.startswith(self._path):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            writer.close()
            return
        if b"upgrade: websocket" not in head.lower():  # one request a connection: each is looked at
            head = b"\r\n".join(
                line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"connection:")
            )
            head += b"\r\nConnection: close\r\n\r\n"
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        back.write(head)
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def _pass(self, source, target):
        try:
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        except ConnectionError:
            pass
        target.close()
