"""Loaded before the settings are (see addopts): every test process gets a place of its own."""

import os
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_root = Path(os.environ.setdefault("GROUPCARE_TEST_ROOT", tempfile.mkdtemp(prefix="groupcare-test-")))
os.environ["GROUPCARE_VAR"] = str(_root / _worker)
os.environ["GROUPCARE_MODE"] = "embedded"
os.environ["GROUPCARE_DEMO"] = "0"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groupcare.settings")
(_root / _worker / "test").mkdir(parents=True, exist_ok=True)
(_root / _worker / "static").mkdir(exist_ok=True)
