"""Frozen labels, and the list of what lies in clear (SEC-34, foundation F7)."""

from pathlib import Path

import pytest

from groupcare.vault import checks

LABELS = Path(__file__).with_name("labels.txt")


def test_labels_never_change_and_never_repeat():
    """A new field adds its line to labels.txt; a changed or removed line means rows that no longer open."""
    frozen = LABELS.read_text(encoding="ascii").split()
    assert len(set(frozen)) == len(frozen)
    assert checks.labels() == sorted(frozen)
    assert checks.check_labels() == []


def test_a_repeated_label_is_an_error(monkeypatch):
    monkeypatch.setattr(checks, "labels", lambda: ["a.b.c", "a.b.c", "a.b.d"])
    assert [message.id for message in checks.check_labels()] == ["vault.E002"]


@pytest.mark.req("SEC-34")
def test_every_field_is_encrypted_or_in_clear_for_a_reason():
    assert [str(message.msg) for message in checks.check_fields_in_clear()] == []


@pytest.fixture
def page(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()

    def write(clear=(), encrypted=()):
        rows = [f"| {field} | {reason} |" for field, reason in clear]
        more = [f"| `{field}` | {owner} | {purpose} |" for field, owner, purpose in encrypted]
        text = ["# Security", "## Fields in clear", "| Field | Reason |", "|---|---|", *rows]
        text += [
            "## Encrypted fields",
            "| Field | Owner | Purpose |",
            "|---|---|---|",
            *more,
            "## More",
            "| a.b.c | d |",
        ]
        (tmp_path / "docs" / "security.md").write_text("\n".join(text))

    return write


def messages():
    return [message.msg for message in checks.check_fields_in_clear()]


@pytest.mark.req("SEC-34")
def test_the_check_names_a_field_that_is_neither_encrypted_nor_justified(page):
    clear = sorted(checks.fields_in_clear())
    encrypted = [(checks.name(field), field.owner.value, field.purpose.value) for field in checks.encrypted_fields()]
    assert "audit.TrailEvent.object_id" in clear
    page([(field, "because") for field in clear], encrypted)
    assert messages() == []
    page([(field, "because") for field in clear if field != "audit.TrailEvent.object_id"], encrypted)
    assert messages() == ["audit.TrailEvent.object_id lies in clear."]
    page([(field, "" if field == "audit.TrailEvent.object_id" else "because") for field in clear], encrypted)
    assert messages() == ["audit.TrailEvent.object_id lies in clear."]
    page([(field, "because") for field in [*clear, "audit.Gone.field"]], encrypted)
    assert messages() == ["docs/security.md waives audit.Gone.field, which is no field in clear."]
    page([(field, "because") for field in clear], [*encrypted, ("audit.Gone.field", "group", "clinical")])
    assert messages() == ["docs/security.md names audit.Gone.field, which is not encrypted."]


def test_a_missing_page_is_a_warning(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    assert [message.id for message in checks.check_fields_in_clear()] == ["vault.W001"]
