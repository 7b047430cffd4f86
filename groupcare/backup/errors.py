"""The one error of this package."""

from groupcare.exceptions import GroupcareError


class BackupError(GroupcareError):
    """A backup or a restoring cannot go on; the sentence says what to do, and nothing half-made is left."""
