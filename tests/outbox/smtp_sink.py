"""A mail server in a process of its own: `python smtp_sink.py PORT FOLDER`. Each mail taken is a file."""

import asyncio
import itertools
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = itertools.count()

    async def handle_DATA(self, server, session, envelope):
        assert len(envelope.rcpt_tos) == 1
        path = self.folder / f"{next(self.count):06d}.eml"
        path.write_bytes(envelope.content)
        return "250 taken"


async def serve(port: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    keeper = Keeper(folder)
    server = await loop.create_server(lambda: SMTP(keeper, hostname="localhost"), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
