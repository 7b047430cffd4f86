"""The tray: one whole file per sending, pages to read them, and nothing of it outside a demo."""

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import Client

from groupcare.outbox import tray
from groupcare.outbox.services import Link, deliver_due
from groupcare.outbox.transport import NotSent


def send(**facts):
    facts = {"subject": "Hello", "body": "See http://localhost:8000/x/1/ now", "to": ["ben@example.org"], **facts}
    EmailMessage(headers={"Message-ID": "<abc123@localhost>"}, connection=get_connection(), **facts).send()


@pytest.fixture
def demo_client(settings, tray_dir, db):
    settings.DEMO = True
    return Client(SERVER_NAME="localhost")


def test_each_sending_is_a_file_of_its_own_and_a_double_shows(tray_dir):
    send()
    send()
    found = sorted(tray_dir.iterdir())
    assert len(found) == 2
    assert all(path.suffix == ".eml" and path.stat().st_mode & 0o077 == 0 for path in found)
    assert [tray.read(name).times for name in tray.names()] == [2, 2]


def test_a_folder_that_cannot_be_written_is_a_sure_failure(tray_dir):
    tray_dir.write_text("in the way")
    with pytest.raises(NotSent, match="tray_full"):
        send()


@pytest.mark.parametrize("name", ["../../etc/passwd", "x", "", "0" * 20 + "-abc-12345"])
def test_a_name_never_leaves_the_folder(tray_dir, name):
    send()
    assert tray.read(name) is None


def test_a_message_can_be_read_in_the_demo_with_its_link(demo_client, message):
    message("agreement_waiting", link=Link("test", "1f0e7a3e-3f0e-4a51-9e6a-0d6f8f1f2a3b", 1))
    deliver_due()
    page = demo_client.get("/demo/mail/")
    assert page.status_code == 200
    assert "ben@example.org" in page.content.decode()
    (name,) = tray.names()
    mail = demo_client.get(f"/demo/mail/{name}/")
    assert 'href="http://localhost:8000/x/1f0e7a3e-3f0e-4a51-9e6a-0d6f8f1f2a3b/1/"' in mail.content.decode()


def test_what_a_mail_says_is_shown_as_text(demo_client):
    send(subject="<b>Hi", body="<script>alert(1)</script>")
    (name,) = tray.names()
    page = demo_client.get(f"/demo/mail/{name}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "<b>Hi" not in page


def test_an_empty_tray_says_what_will_stand_there(demo_client):
    assert "No mail yet" in demo_client.get("/demo/mail/").content.decode()


def test_a_long_tray_is_paged(demo_client):
    for _ in range(26):
        send()
    assert demo_client.get("/demo/mail/").content.decode().count("ben@example.org") == 25
    assert demo_client.get("/demo/mail/?page=2").content.decode().count("ben@example.org") == 1


def test_outside_a_demo_the_tray_looks_like_any_absent_page(demo_client, settings):
    send()
    (name,) = tray.names()
    urls = ["/demo/mail/", f"/demo/mail/{name}/"]
    assert [demo_client.get(url).status_code for url in urls] == [200, 200]
    assert demo_client.get("/demo/mail/none/").status_code == 404
    settings.DEMO = False
    assert [demo_client.get(url).status_code for url in urls] == [404, 404]


def test_the_tray_is_for_reading_only(demo_client):
    assert demo_client.post("/demo/mail/").status_code == 405
