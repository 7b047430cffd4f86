"""Logs as JSON lines that hold ids and nothing about people.

Three rules, each enough for most leaks: text of libraries is written as its pattern, without the values that
would be filled in; extra values pass only when they look like an id, a number or a truth value; what looks
like an address, a path or a token is cut out of whatever is left.
"""

import logging
import re
import traceback
import uuid
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict

from groupcare.web.context import current_request_id

REMOVED = "[removed]"
_OURS = ("groupcare", "groups", "consent", "incidents")
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
# Long and mixed: a token, a key or a hash. Our choice of 20: longer than our words, shorter than any token.
_OPAQUE = re.compile(r"(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{20,}")
_EMAIL = re.compile(r"\S+@\S+")
_PATH = re.compile(r"(?:https?:/)?/\S*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_WORDS_OF_CONTENT = frozenset(
    [
        "address",
        "alias",
        "body",
        "content",
        "cookie",
        "email",
        "label",
        "legal_name",
        "message",
        "name",
        "password",
        "path",
        "phone",
        "query",
        "secret",
        "subject",
        "text",
        "title",
        "token",
        "url",
        "used_name",
        "username",
        "value",
        "words",
    ]
)
_STRUCTURE = frozenset({"timestamp", "level", "logger", "request", "exception", "event"})


def scrub(text: str) -> str:
    """Return ``text`` without addresses, paths and tokens; UUIDs stay."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\0{len(kept) - 1}\0"

    cut = _UUID.sub(keep, text.replace("\0", ""))
    for pattern in (_EMAIL, _PATH, _OPAQUE):
        cut = pattern.sub(REMOVED, cut)
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match.group(1))], cut)


def safe_value(key: str, value: Any) -> Any:
    """Return ``value`` if it can be an id, a number or a truth value under this key, else "[removed]"."""
    if key.lower() in _WORDS_OF_CONTENT or key.lower().rpartition("_")[2] in _WORDS_OF_CONTENT:
        return REMOVED
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [safe_value(key, one) for one in value]
    if isinstance(value, str) and _ID.fullmatch(value):
        return scrub(value)
    return REMOVED


def redact(_: Any, __: str, event: EventDict) -> EventDict:
    """Return the event with only what a log may hold (a structlog processor)."""
    clean = {key: value if key in _STRUCTURE else safe_value(key, value) for key, value in event.items()}
    clean["event"] = scrub(str(event.get("event", "")))
    return clean


def _without_values(_: Any, __: str, event: EventDict) -> EventDict:
    """Replace a library's filled-in text by its pattern, and drop the objects Django attaches."""
    record: logging.LogRecord | None = event.get("_record")
    if record is not None and record.name.split(".")[0] not in _OURS:
        event["event"] = str(record.msg)
    return {key: value for key, value in event.items() if key not in ("server_time", "positional_args")}


def _request(_: Any, __: str, event: EventDict) -> EventDict:
    event["request"] = current_request_id()
    return event


def _exception(_: Any, __: str, event: EventDict) -> EventDict:
    """Put the class of an exception and where it was raised in place of its message, which may hold content."""
    info = event.pop("exc_info", None)
    record: logging.LogRecord | None = event.get("_record")
    if not isinstance(info, tuple) and record is not None:
        info = record.exc_info
    if isinstance(info, tuple) and info[0] is not None:
        event["exception"] = {
            "type": info[0].__name__,
            "at": [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(info[2])[-12:]
            ],
        }
    return event


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def formatter() -> logging.Formatter:
    """Return the formatter of settings.LOGGING: one JSON object a line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder()],
        processors=[
            _without_values,
            _request,
            _exception,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        use_get_message=True,
    )


def configure() -> None:
    """Send what is logged through structlog down the same road as the standard library's loggers."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
