import json
import logging
import sys
import uuid

import pytest
from django.test import Client

from groupcare.web import logs

PERSON = uuid.UUID("8f14e45f-ceea-467f-9b6a-1c2d3e4f5a6b")


def line(name: str = "groupcare.outbox", msg: str = "message.sent", args: tuple = (), *, error=None, **extra) -> dict:
    record = logging.LogRecord(name, logging.WARNING, "file.py", 1, msg, args, error)
    record.__dict__.update(extra)
    return json.loads(logs.formatter().format(record))


def test_a_line_is_json_with_what_when_where_and_how_bad() -> None:
    found = line()

    assert found["event"] == "message.sent"
    assert found["level"] == "warning"
    assert found["logger"] == "groupcare.outbox"
    assert found["timestamp"].endswith("Z")
    assert found["request"] == ""


def test_ids_numbers_and_truth_values_pass() -> None:
    found = line(person=PERSON, message_id=str(PERSON), count=3, late=True, kind="session_reminder", ids=[PERSON])

    assert found["person"] == found["message_id"] == str(PERSON)
    assert (found["count"], found["late"], found["kind"]) == (3, True, "session_reminder")
    assert found["ids"] == [str(PERSON)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("used_name", "Ben"),
        ("email", "ben"),
        ("note_body", "x"),
        ("password", "correct"),
        ("what", "Ben Torres said it"),
        ("to", "ben@example.org"),
        ("at", "/account/invitation/abc/"),
        ("key", "Zx81kLmN02qRsTuVwX9"[:19] + "abcdef"),
        ("thing", object()),
        ("ids", ["Ben Torres"]),
    ],
)
def test_what_may_be_content_is_removed(key: str, value: object) -> None:
    found = json.dumps(line(**{key: value}))

    for leak in ("Ben", "ben", "correct", "abc", "object at"):
        assert leak not in found
    assert logs.REMOVED in found


def test_the_text_of_libraries_is_written_without_its_values() -> None:
    found = line("django.request", "Not Found: %s", ("/account/invitation/tok3n-of-a-member/",), status_code=404)

    assert found["event"] == "Not Found: %s"
    assert found["status_code"] == 404
    assert "tok3n" not in json.dumps(found)


@pytest.mark.parametrize(
    "text",
    [
        "sent to ben@example.org",
        "GET /account/invitation/abcdef/ 200",
        "at https://practice.example/x?token=abcdef",
        "token abcdef0123456789abcdef0123456789",
    ],
)
def test_addresses_paths_and_tokens_are_cut_out_of_text(text: str) -> None:
    found = line("some.library", text)["event"]

    assert logs.REMOVED in found
    for leak in ("example", "invitation", "abcdef"):
        assert leak not in found


def test_a_uuid_is_not_taken_for_a_token() -> None:
    assert logs.scrub(f"concern {PERSON} closed") == f"concern {PERSON} closed"


def test_an_exception_is_its_class_and_place_never_its_words() -> None:
    try:
        raise ValueError("Ben Torres wrote to ben@example.org")
    except ValueError:
        found = line(error=sys.exc_info())

    assert found["exception"]["type"] == "ValueError"
    assert any(place.startswith("test_logs.py:") for place in found["exception"]["at"])
    assert "Ben" not in json.dumps(found)


def test_structlog_takes_the_same_road(capsys) -> None:
    import structlog

    logs.configure()
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logs.formatter())
    logger = logging.getLogger("groupcare.tests.road")
    logger.addHandler(handler)
    try:
        structlog.get_logger("groupcare.tests.road").warning("thing.done", person=str(PERSON), used_name="Ben")
    finally:
        logger.removeHandler(handler)

    found = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (found["event"], found["person"], found["used_name"]) == ("thing.done", str(PERSON), logs.REMOVED)


@pytest.mark.req("SEC-71")
def test_a_page_of_our_own_fault_names_the_request_that_the_log_names_and_nothing_else(site: Client) -> None:
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(logs.formatter().format(record))

    kept = Kept()
    logging.getLogger("django.request").addHandler(kept)
    site.raise_request_exception = False
    try:
        answer = site.get("/broken/")
    finally:
        logging.getLogger("django.request").removeHandler(kept)
    page = answer.content.decode()
    assert answer.status_code == 500
    assert f"<code>{answer['X-Request-ID']}</code>" in page
    assert [json.loads(one)["request"] for one in written] == [answer["X-Request-ID"]]
    assert not any(word in page for word in ("Traceback", "ValueError", "Ben Torres", "ben@example.org"))
