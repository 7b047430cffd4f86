"""A mail server in a process of its own on its bad days: it refuses, it is busy, its certificate is wrong."""

import contextlib
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import AddressTrouble, Message, State
from groupcare.outbox.services import deliver_due

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that nobody vouches for, for another name, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "elsewhere.example.org")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server(settings, tmp_path):
    """Start the server in a mood; returns the folder of what it took."""
    started: list[subprocess.Popen[bytes]] = []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 10
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    folder = tmp_path / "taken"
    folder.mkdir()

    def start(*mood: str) -> Path:
        script = Path(__file__).with_name("smtp_sink.py")
        started.append(subprocess.Popen([sys.executable, str(script), str(port), str(folder), *mood]))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        return folder

    def stop() -> None:
        for process in started:
            process.terminate()
            process.wait()
        started.clear()

    start.stop = stop  # type: ignore[attr-defined]
    yield start
    stop()


def test_a_recipient_refused_with_550_fails_at_once_and_is_known_without_the_servers_words(message, server):
    folder = server("refuses")
    row = message()
    assert deliver_due().failed == 1
    row.refresh_from_db()
    assert (row.state, row.reason, row.answer) == (State.FAILED, "address_refused", "550")
    assert AddressTrouble.objects.get().code == "550"
    assert not list(folder.iterdir())
    assert not TrailEvent.objects.filter(purpose__contains="nobody").exists()


def test_a_server_that_greets_with_421_is_asked_again_and_then_takes_it(message, server):
    server("busy")
    row = message()
    assert deliver_due().retried == 1
    row.refresh_from_db()
    assert (row.state, row.reason, row.answer) == (State.QUEUED, "server_busy", "421")
    server.stop()
    folder = server()
    Message.objects.update(due_at=timezone.now())
    assert deliver_due().sent == 1
    assert len(list(folder.iterdir())) == 1
    assert not AddressTrouble.objects.exists()


def test_a_certificate_that_nobody_vouches_for_sends_nothing_and_waits(message, server, settings, certificate):
    settings.EMAIL_USE_TLS = True
    folder = server("starttls", str(certificate))
    row = message()
    assert deliver_due().retried == 1
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.QUEUED, "certificate")
    assert not list(folder.iterdir())


def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(message, server, settings):
    settings.EMAIL_USE_TLS = True
    folder = server()
    row = message()
    assert deliver_due().retried == 1
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.QUEUED, "no_tls")
    assert not list(folder.iterdir())


def test_a_server_that_is_down_loses_nothing(message, server):
    row = message()
    assert deliver_due().retried == 1
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.QUEUED, "server_unreachable")
    folder = server()
    Message.objects.update(due_at=timezone.now())
    assert deliver_due().sent == 1
    assert len(list(folder.iterdir())) == 1
