"""Every model about a person gives its part to that person's record, or says here why it does not."""

from django.apps import apps

from groupcare.practice.records import sources
from groupcare.vault import Owner
from tests.house.test_models import house_models

# Why each of these is in no copy of a record. A new model about a person fails the test until it is in one or here.
NOT_IN_A_RECORD = {
    "access.RoleHolding": "of those who work here, not of members",
    "accounts.Invitation": "how somebody was let in; the sign-in address is given, the token is not kept",
    "accounts.PersonMerge": "that an entry was put together with another; the record of either holds both",
    "accounts.PersonMergeUndo": "that this was taken back",
    "accounts.SessionRecord": "where an account is signed in; its owner sees and ends it on their own page",
    "accounts.StepUpCode": "a code, dead after minutes",
    "accounts.UsedFactorStep": "a used step of an authenticator app",
    "consent.DocumentVersion": "names only who published it; the copy gives version and hash, the member keeps the words",
    "consent.FollowUp": "by whom it was followed up in writing; the agreement made aloud is given",
    "consent.PromptTold": "that somebody was told in person to read again; the answer is given",
    "consent.ReconsentPrompt": "that somebody was asked to read again; the answer is given",
    "groups.ConsoleEntry": "of a session and the group as a whole, by those who run it",
    "groups.Facilitation": "of those who run a group, not of members",
    "groups.GroupGrant": "a right of somebody who works here",
    "groups.ProcessNote": "kept apart from the record (45 CFR 164.501); left out of every copy, and the copy says so",
    "groups.RecordRequest": "the copy's own request; who asked and opened is on the person's own page",
    "groups.RecordStep": "the steps of that request; the decisions repeat other people's names",
    "groups.SessionGrant": "a right of somebody who works here",
    "incidents.ConcernConflict": "of a reader of concerns",
    "incidents.ConcernEntry": "of a reader of concerns",
    "incidents.ConcernSubject": "that somebody is named in a concern is hidden from them",
    "accounts.KeptText": "what was being typed when a session ended; offered back for a day, then gone",
    "accounts.UsedForm": "that a form was sent; a hash without words",
    "accounts.Recovery": "how somebody was let in again; the person saw it on their own pages while it ran",
    "accounts.RecoveryStep": "the steps of that, by those who work here",
    "consent.TextReview": "that somebody who works here read a translation",
    "consent.GracePeriod": "of a group, by those who run it",
    "practice.LawDecision": "of those who work here, about law",
    "practice.LawOverride": "of those who work here, about law",
    "practice.LawTold": "of those who work here: that they were told of a change of law",
    "groups.AvoidList": "only the person reads it, on their own page; a copy that goes out would tell whom they avoid",
    "groups.GroupClosing": "of a group, by those who run it",
    "groups.OverlapCheck": "that somebody's groups are looked through again",
    "groups.OverlapFinding": "about two people at once: each would learn of the other",
    "groups.OverlapStep": "the talks about that",
    "groups.Cancellation": "of a session, by those who work here",
    "groups.MistakenPlace": "that a stranger was let in by mistake; what they signed is in their own acts",
    "groups.NoteCorrection": "that a note stood with the wrong person; its words are about somebody else",
    "groups.ProfessionalWill": "of those who run groups, not of members",
    "groups.SessionCall": "that somebody was told of a session; neutral words",
    "groups.SessionMove": "of a session, by those who run it; the session itself is in the record",
    "groups.SessionSeries": "of a group, by those who run it",
    "groups.Substitution": "of those who run a session for a colleague",
    "groups.SubstitutionStep": "the steps of that",
    "groups.WillOpening": "of those who run groups, not of members",
    "groups.WillStep": "the steps of that",
    "outbox.AddressTrouble": "that mail did not arrive; the person is told at sign-in",
    "outbox.Settlement": "that a colleague told them by telephone what a message would have",
    "outbox.Message": "neutral words; the person's own page lists what was sent",
    "practice.Practice": "the practice's own row; names the external reviewer",
}


def about_a_person() -> set[str]:
    """Return the models with a key to a person or an account, or with a field that is encrypted for a person."""
    people = {apps.get_model("accounts.Person"), apps.get_model("accounts.User")}
    found = set()
    for model in house_models():
        points = any(field.related_model in people for field in model._meta.concrete_fields if field.is_relation)
        sealed = any(getattr(field, "owner", None) == Owner.PERSON for field in model._meta.concrete_fields)
        if points or sealed:
            found.add(model._meta.label)
    return found


def test_every_model_about_a_person_is_in_their_record_or_on_the_list_with_its_reason():
    covered = frozenset().union(*(source.covers for source in sources()))
    assert about_a_person() - covered - set(NOT_IN_A_RECORD) == set()


def test_no_line_of_the_list_is_left_over_or_covered_after_all():
    covered = frozenset().union(*(source.covers for source in sources()))
    assert set(NOT_IN_A_RECORD) <= about_a_person()
    assert not covered & set(NOT_IN_A_RECORD)
    assert covered <= {model._meta.label for model in house_models()}


def test_each_source_has_a_name_of_its_own_and_covers_something():
    names = [source.name for source in sources()]
    assert names == ["identity", "emergency", "places", "agreements", "sessions", "notes"]
    assert all(source.covers and str(source.title) for source in sources())
