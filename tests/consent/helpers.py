"""Short names for what tests of promises do again and again."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from consent.models import Act, ActKind, DocumentVersion, Requirement
from consent.selectors import asked_back, standings
from consent.services import publish_version, withdraw
from tests.world import at_work

# The year of the agreement and a bit of its notice. Source: consent/kinds, validity 365 and notice 30 days.
LATE, NOTICE = timedelta(days=366), timedelta(days=336)


def publish(world, **words):
    """Publish the next version of Thursday as Nadia; return it by language."""
    with at_work(world.nadia) as nadia:
        found = publish_version(group_id=world.thursday.pk, by=nadia, **words)
    return {one.language: one for one in found}


def state(world, name, at=None, group="thursday"):
    """Return the state of the named person as a word."""
    group_id, person_id = world.ids[group][1], world.ids[name][1]
    return str(standings(None, [group_id], [person_id], at or timezone.now())[group_id, person_id].state)


def newest(world, language="en"):
    """Return the newest version of Thursday."""
    return DocumentVersion.objects.filter(group=world.thursday, language=language).latest("number")


def url(name, *args):
    """Return the address of a page of this app."""
    return reverse(f"consent:{name}", args=args)


def answers(world, name):
    """Return the named person's answers, oldest first."""
    return list(Act.objects.filter(subject=world.ids[name][1]).exclude(act=ActKind.PRESENTED).order_by("at"))


def requirement(world):
    """Return what the gate of Thursday asks for."""
    return Requirement.objects.get(document__group=world.thursday, who="member")


def walk_to_sign(client, version):
    """Read, go on and answer the short questions, as a person does; return the address of the form."""
    assert client.get(url("agreement-read", version.pk)).status_code == 200
    assert client.post(url("agreement-present", version.pk)).status_code == 302
    right = {one.key: one.right for one in asked_back(version)}
    assert client.post(url("agreement-understood", version.pk), right).status_code == 302
    return url("agreement-sign", version.pk)


def take_back(world, name):
    """Let somebody take back their signature, so that the question is open again; return the act."""
    person = world.person(name)
    act = Act.objects.filter(signer=person, act=ActKind.SIGNED).latest("at")
    with at_work(person):
        return withdraw(act_id=act.pk, by=person)
