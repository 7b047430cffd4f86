"""Finds static files that come with packages, through the packages, so that none is copied here."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

# prefix below STATIC_URL -> (package, its folder)
PACKAGES = {
    "bootstrap": ("js_lib_bootstrap5", "static/js-lib-bootstrap5"),
    "fonts": ("fontpkg_atkinson_hyperlegible", "files"),
}


def folder_of(package: str, inner: str) -> Path:
    """Return the folder ``inner`` of an installed package.

    Raises:
        ImproperlyConfigured: the package or its folder is missing.
    """
    spec = find_spec(package)
    for root in (spec.submodule_search_locations or []) if spec else []:
        if (Path(root) / inner).is_dir():
            return Path(root) / inner
    raise ImproperlyConfigured(f"The folder {inner} of {package} is missing. Install the requirements again.")


class PackageFinder(FileSystemFinder):
    """Serves /static/bootstrap/ and /static/fonts/ from the packages that hold them."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        """Take the folders of the packages instead of a setting."""
        self.locations: list[tuple[str, str]] = []
        self.storages: dict[str, FileSystemStorage] = {}
        for prefix, (package, inner) in PACKAGES.items():
            root = str(folder_of(package, inner))
            storage = FileSystemStorage(location=root)
            storage.prefix = prefix  # type: ignore[attr-defined]
            self.locations.append((prefix, root))
            self.storages[root] = storage

    def check(self, **kwargs: Any) -> list[Any]:
        """Return no findings: a missing package already raised."""
        return []
