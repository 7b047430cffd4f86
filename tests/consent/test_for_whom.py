"""A guardian signs for their own children, one by one; each page says for whom, and names nobody else."""

import pytest
from django.utils import timezone

from consent.kinds import load_kind
from consent.kinds.wording import sha256, shipped, to_json
from consent.models import ConsentBasis, Document, DocumentVersion, GuardianLink
from consent.selectors import device_codes
from consent.services import agree_to_screen
from tests.consent.helpers import url
from tests.factories import make_member
from tests.world import at_work

pytestmark = pytest.mark.django_db
SIGNED = {"typed_name": "Gail Tanaka", "meant": "on"}


@pytest.fixture
def permission(world):
    """Return the guardian permission of Thursday, as it would be published, with its blanks open."""
    text = to_json(shipped("guardian_permission", "en"))
    document = Document.objects.create(kind="guardian_permission", group=world.thursday)
    return DocumentVersion.objects.create(
        document=document,
        group=world.thursday,
        number=1,
        language="en",
        clauses=text,
        text_sha256=sha256(kind="guardian_permission", number=1, text=text),
        valid_days=load_kind("guardian_permission").validity_days,
        published_by=world.nadia,
    )


@pytest.fixture
def gail(world):
    """Return the guardian of Ben and Chiara, who agreed to a screen."""
    guardian = make_member("Gail Tanaka")
    for child in (world.ben, world.chiara):
        ConsentBasis.objects.create(person=child, decides=ConsentBasis.Decides.BOTH, decided_by=world.nadia)
        GuardianLink.objects.create(
            person=child,
            guardian=guardian,
            relationship=GuardianLink.Relationship.values[0],
            authority=GuardianLink.Authority.values[0],
            evidence="",
            valid_from=timezone.now(),
            checked_by=world.nadia,
        )
    with at_work(guardian):
        agree_to_screen(code=device_codes(guardian)[0], language="en", by=guardian)
    return guardian


def test_a_guardian_chooses_a_child_and_signs_for_each_on_their_own(world, client_for, permission, gail):
    from consent.kinds.wording import questions

    client = client_for(gail)
    chosen = client.get(url("agreement-read", permission.pk))
    assert chosen["Location"] == url("agreement-whom", permission.pk)
    page = client.get(chosen["Location"]).content.decode()
    assert "Ben Tanaka" in page
    assert "Chiara Leone" in page
    assert "Dev Patel" not in page
    right = {one.key: one.right for one in questions("guardian_permission", "en")}
    for child in (world.ben, world.chiara):
        mine = {"for": str(child.pk)}
        page = client.get(url("agreement-read", permission.pk), mine).content.decode()
        assert f"You read and answer this for <b><bdi>{child.used_name}</bdi></b>." in page
        client.post(url("agreement-present", permission.pk), mine)
        there = client.post(url("agreement-understood", permission.pk), {**right, **mine})["Location"]
        assert there == f"{url('agreement-decide', permission.pk)}?for={child.pk}"
        review = client.post(url("agreement-review", permission.pk), {**SIGNED, **mine}).content.decode()
        assert child.used_name in review
        kept = client.post(url("agreement-sign", permission.pk), {**SIGNED, **mine})
        assert child.used_name in client.get(kept["Location"]).content.decode()
    acts = permission.acts.filter(act="signed").order_by("at")
    assert [(one.signer_id, one.subject_id, one.capacity) for one in acts] == [
        (gail.pk, world.ben.pk, "guardian"),
        (gail.pk, world.chiara.pk, "guardian"),
    ]
    page = client.get(url("agreement-list")).content.decode()
    assert "for Ben Tanaka" in page
    assert "for Chiara Leone" in page


def test_a_guardian_answers_for_nobody_elses_child(world, client_for, permission, gail):
    client = client_for(gail)
    other = {"for": str(world.dev.pk)}
    assert client.get(url("agreement-read", permission.pk), {"for": str(world.ben.pk)}).status_code == 200
    assert client.get(url("agreement-read", permission.pk), other).status_code == 404
    for name in ("agreement-present", "agreement-talk", "agreement-decline", "agreement-sign", "agreement-review"):
        assert client.post(url(name, permission.pk), {**SIGNED, **other}).status_code == 404
    assert permission.acts.count() == 0
    assert client_for(world.zoe).get(url("agreement-whom", permission.pk)).status_code == 404
