"""Notes: read and written under the same rights as on the pages."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groups import selectors, services
from groups.api.common import SignedInView, asker, checked, described, paged
from groups.models import ProcessNote, ProgressNote


class ProcessNoteOut(serializers.Serializer[ProcessNote]):
    """One revision of a process note."""

    id = serializers.UUIDField()
    session_id = serializers.UUIDField()
    author_id = serializers.UUIDField()
    supersedes_id = serializers.UUIDField(allow_null=True)
    written_at = serializers.DateTimeField()
    body = serializers.CharField()


class ProgressNoteOut(serializers.Serializer[ProgressNote]):
    """The standing revision of one member's progress note."""

    id = serializers.UUIDField()
    session_id = serializers.UUIDField()
    membership_id = serializers.UUIDField()
    author_id = serializers.UUIDField()
    supersedes_id = serializers.UUIDField(allow_null=True)
    written_at = serializers.DateTimeField()
    body = serializers.CharField()


class ProcessNoteIn(serializers.Serializer[Any]):
    """A new revision, and the one its author saw."""

    body = serializers.CharField(max_length=20000)
    supersedes = serializers.UUIDField(required=False, allow_null=True)


class ProgressNoteIn(ProcessNoteIn):
    """A new revision about one member."""

    membership_id = serializers.UUIDField()


class ProcessNotesView(SignedInView):
    """The revisions of a session's process note."""

    @described(operation_id="process_notes_list", responses=ProcessNoteOut(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        """List them, newest first; each reading is recorded."""
        return paged(request, selectors.process_notes(asker(request), pk), ProcessNoteOut)

    @described(operation_id="process_notes_create", request=ProcessNoteIn, responses={201: ProcessNoteOut})
    def post(self, request: Request, pk: UUID) -> Response:
        """Write the next one."""
        note = services.write_process_note(session_id=pk, by=asker(request), **checked(request, ProcessNoteIn))
        return Response(ProcessNoteOut(note).data, status=201)


class ProgressNotesView(SignedInView):
    """The progress notes of a session."""

    @described(operation_id="progress_notes_list", responses=ProgressNoteOut(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        """List the standing revisions; each reading is recorded."""
        return paged(request, selectors.progress_notes(asker(request), pk), ProgressNoteOut)

    @described(operation_id="progress_notes_create", request=ProgressNoteIn, responses={201: ProgressNoteOut})
    def post(self, request: Request, pk: UUID) -> Response:
        """Write the next one about a member."""
        note = services.write_progress_note(session_id=pk, by=asker(request), **checked(request, ProgressNoteIn))
        return Response(ProgressNoteOut(note).data, status=201)
