import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured

from groupcare.web.finders import PackageFinder, folder_of


@pytest.mark.parametrize(
    "path",
    [
        "bootstrap/css/bootstrap.min.css",
        "fonts/AtkinsonHyperlegible-Regular.ttf",
        "fonts/AtkinsonHyperlegible-Bold.ttf",
        "fonts/AtkinsonHyperlegible-Italic.ttf",
        "django_htmx/htmx-2.min.js",
        "web/theme.css",
        "web/page.js",
    ],
)
def test_what_the_pages_name_is_found(path: str) -> None:
    found = finders.find(path)

    assert isinstance(found, str)
    assert Path(found).is_file()


def test_the_finder_lists_its_files_under_its_prefixes() -> None:
    listed = {f"{storage.prefix}/{path}" for path, storage in PackageFinder().list([])}

    assert "bootstrap/css/bootstrap.min.css" in listed
    assert "fonts/AtkinsonHyperlegible-Regular.ttf" in listed
    assert PackageFinder().check() == []


def test_what_lies_outside_is_not_found() -> None:
    assert finders.find("fonts/no-such-font.ttf") is None
    assert finders.find("elsewhere/AtkinsonHyperlegible-Regular.ttf") is None


def test_a_missing_package_says_what_to_do() -> None:
    with pytest.raises(ImproperlyConfigured, match="Install the requirements again"):
        folder_of("no_such_package_here", "files")


def test_every_file_the_theme_names_exists() -> None:
    sheets = [Path(str(finders.find(f"web/{one}.css"))) for one in ("theme", "from-left", "from-right")]
    words = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    named = [url for url in re.findall(r'url\("([^"]+)"\)', words) if not url.startswith("data:")]

    assert len(named) == 5
    assert all(finders.find(url.removeprefix("../")) for url in named)
