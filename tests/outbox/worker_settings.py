"""Settings of a worker process that a test starts: the test's own database, tray and broker."""

import os

from groupcare.settings import *  # noqa: F403, TID251 - settings for a process of its own
from groupcare.settings import DATABASES  # noqa: TID251

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
MAIL_TRAY_DIR = os.environ["TEST_TRAY"]
