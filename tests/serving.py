"""A server in a thread of the test's own process that ends as soon as it is told."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

PATIENCE = 20.0


class PromptServer(uvicorn.Server):
    """uvicorn looks every tenth of a second whether it should end, and then waits another tenth."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    def stop(self) -> None:
        """From any thread."""
        self.should_exit = True
        if self._loop:
            self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not await self.on_tick(0):
            await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for closing in (*self.servers, *(sockets or ())):
            closing.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # what was idle is closed in the loop's next round
        await self._wait_tasks_to_complete()
        await self.lifespan.shutdown()


@contextmanager
def serving(config: uvicorn.Config, listener: socket.socket) -> Iterator[None]:
    """Requests wait in the listener's queue until the app has started."""
    server = PromptServer(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join(PATIENCE)
        listener.close()
        assert not thread.is_alive(), "the server did not stop"
