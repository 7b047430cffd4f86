"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groupcare.settings")

application = get_wsgi_application()

# Needs the app registry, which the line above has loaded: a demo and a real practice never mix (foundation F11).
from groupcare.practice.demo_guard import verify_start  # noqa: E402

verify_start()
