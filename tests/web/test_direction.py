"""Pages that are read from right to left: the style sheet speaks of start and end, never of left and right."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import Client, override_settings

# Rules that name a side on purpose: a picture's place has no logical word, so each is written for both directions.
NAMED_SIDES = {"background-position: right .75rem center", "background-position: left .75rem center"}
_SIDED = re.compile(
    r"(?:^|(?<=[;{\s]))(?:[a-z-]+-)?(?:left|right)(?:-[a-z]+)*\s*:[^;}]+|[a-z-]+:\s*(?:left|right)\b[^;}]*"
)
_FOUR = re.compile(r"(?:padding|margin|inset|border-radius|border-width):\s*([^;}]+)")
_WORD = re.compile(r"[a-z-]+\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s]+")


@pytest.fixture
def rules() -> str:
    sheet = Path(str(finders.find("web/theme.css"))).read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)


def test_no_rule_names_a_side_of_the_page(rules: str) -> None:
    found = {one.strip() for one in _SIDED.findall(rules)} - NAMED_SIDES
    assert not found


def test_no_rule_gives_left_and_right_different_room(rules: str) -> None:
    """Four values are top, right, bottom, left: the second and the fourth must be the same."""
    wrong = []
    for match in _FOUR.finditer(rules):
        values = _WORD.findall(match[1])
        if len(values) == 4 and values[1] != values[3]:
            wrong.append(match[0])
    assert not wrong


@pytest.mark.parametrize(
    "rule", ["margin-left: 1px", "left: 0", "text-align: right", "float: left", "border-right-width: 2px"]
)
def test_the_search_finds_a_side(rule: str) -> None:
    assert _SIDED.findall(f"a {{ color: red; {rule}; }}")


@pytest.mark.django_db
@override_settings(LANGUAGES=[("ar", "Arabic"), ("en", "English")])
def test_a_page_in_arabic_runs_from_right_to_left(site: Client) -> None:
    html = site.get("/display/", headers={"accept-language": "ar"}).content.decode()
    assert 'dir="rtl"' in html
    assert "from-right.css" in html
    assert "from-left.css" not in html
    plain = site.get("/display/", headers={"accept-language": "en"}).content.decode()
    assert 'dir="rtl"' not in plain
    assert "from-left.css" in plain


def test_an_icon_carries_its_name_so_that_arrows_can_be_turned(rules: str) -> None:
    assert 'data-icon="chevron-right"' in Template('{% icon "chevron-right" %}').render(Context())
    assert '[dir="rtl"] svg:is([data-icon^="chevron-"]' in rules
