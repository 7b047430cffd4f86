"""`python -m tests.upgrade.database create|drop URL NAME`: an empty PostgreSQL database, and its end."""

import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg


def on_server(url: str, statement: str) -> None:
    """Run one statement on the server's own database."""
    with psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True) as server:
        server.execute(statement)  # type: ignore[arg-type]


def create(url: str, name: str) -> str:
    """Make an empty database and return its address."""
    on_server(url, f'CREATE DATABASE "{name}" TEMPLATE template0')
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def drop(url: str, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    on_server(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


if __name__ == "__main__":
    {"create": create, "drop": drop}[sys.argv[1]](sys.argv[2], sys.argv[3])
