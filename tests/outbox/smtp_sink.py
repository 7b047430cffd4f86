"""A mail server in a process of its own: `python smtp_sink.py PORT FOLDER [MOOD [CERTIFICATE]]`.

Each mail taken is a file. A mood: ``refuses`` every recipient with 550, is ``busy`` and greets with 421, or
offers STARTTLS (``starttls``) with the certificate and key in the file CERTIFICATE.
"""

import asyncio
import itertools
import ssl
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


class Refuser(Keeper):
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        return "550 5.1.1 nobody of this name, and words that nobody may keep"


class Busy(asyncio.Protocol):
    def connection_made(self, transport):
        transport.write(b"421 closed for now\r\n")
        transport.close()


def protocol(folder: Path, mood: str, certificate: str):
    if mood == "busy":
        return Busy
    keeper = Refuser(folder) if mood == "refuses" else Keeper(folder)
    if mood != "starttls":
        return lambda: SMTP(keeper, hostname="localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return lambda: SMTP(keeper, hostname="localhost", tls_context=context)


async def serve(port: int, folder: Path, mood: str = "", certificate: str = "") -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol(folder, mood, certificate), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
