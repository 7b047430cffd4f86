"""What somebody is told before they join: their rights, and what those who lead promise."""

import html

import pytest
from django.test import Client

from groupcare.accounts.joining import before_joining
from groupcare.accounts.models import Person


def said(page):
    """Return the page as it reads."""
    return html.unescape(page.content.decode())


@pytest.mark.req("REQ-48")
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_invitation_says_rights_and_promises_before_there_is_an_account(invited, language):
    row, url = invited(role=None)
    Person.objects.filter(pk=row.person_id).update(language=language)
    page = said(Client().get(url))
    texts = before_joining(language)
    for line in (*texts["rights"], *texts["promises"]):
        assert line in page
    row.refresh_from_db()
    assert row.accepted_at is None


def test_a_colleague_is_not_told_what_a_member_is_told(invited):
    _row, url = invited()
    assert before_joining("en")["rights"][0] not in said(Client().get(url))


def test_both_languages_say_the_same_number_of_things_and_a_strange_one_falls_back():
    english, spanish = before_joining("en"), before_joining("es-MX")
    assert english.keys() == spanish.keys()
    assert english["rights"] != spanish["rights"]
    assert [len(english[part]) for part in ("rights", "promises")] == [6, 4]
    assert [len(spanish[part]) for part in ("rights", "promises")] == [6, 4]
    assert before_joining("fr") == english


@pytest.mark.req("REQ-48")
def test_a_members_first_page_says_it_until_they_can_come_in(world, client_for, acting):
    from groups.models import Membership
    from groups.services import invite_member
    from tests.factories import make_member

    newcomer, first = make_member("Noor Haddad"), before_joining("en")["rights"][0]
    with acting(world.nadia) as nadia:
        invite_member(group=world.thursday, used_name="Noor", email="noor@example.org", by=nadia)
    place = Membership.objects.filter(group=world.thursday).latest("created_at")
    Membership.objects.filter(pk=place.pk).update(person=newcomer)
    browser = client_for(newcomer)
    assert first in said(browser.get("/home/"))
    assert first not in said(client_for(world.ben).get("/home/"))
