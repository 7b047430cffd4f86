"""Pages, API and panels reach rows through selectors that take the viewer, never through a manager (SEC-6)."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("groups", "consent", "incidents", "groupcare/accounts", "groupcare/practice")
DOORS = ("views", "api", "forms", "panels", "urls", "api_urls")
MANAGERS = {"objects", "spells", "_default_manager", "_base_manager"}

# Selectors that name nobody's rows to anybody, with the reason why they take no viewer.
WITHOUT_VIEWER = {
    "facts about the practice that every page shows": {
        "crisis_text_is_written", "find_practice", "first_run", "forget_practice", "officer_stands_apart", "practice",
        "precautions", "public_name", "ready", "steps",
    },
    "asked by services after they have refused or let in the person": {
        "staff", "staff_without_second_factor", "findings", "lacks_second_factor", "has_help_nearby", "named_in", "readers", "own_words", "is_withdrawable", "latest_answer", "last_valid_answer", "end_of_line", "ends_of_lines", "guardian_links",
        "decides_for", "leaders_of", "with_standing_place", "blanks_for", "draft_of", "gaps_of", "seen_of", "read_texts",
    },
    "work on rows that a selector with a viewer has returned": {
        "text_of", "asked_back", "chosen_line", "promise_held", "reading", "running_handover", "tries", "told_of", "changes_since", "particulars_of", "in_force", "entries", "roll_calls", "in_plain_words", "facts_about_release", "mistake_of", "readers_of",
        "parting_sessions", "records_kept", "standing_closing",
        "answerers", "answers_of", "belongs_since", "grace_of", "version_for_place", "versions_for_place", "leads_have_signed",
        "filled_in", "in_both_zones", "in_writing", "number_in_force", "spoken_of",
    },
    "found by sweeps, which show nothing to anybody": {
        "administrators", "asks", "asked_as_staff", "overdue", "reached", "staff_asks", "unanswered",
    },
    "turn a value into another": {
        "reporter_index",
    },
}  # fmt: skip


def _modules() -> Iterator[Path]:
    for app in APPS:
        for name in DOORS:
            yield from (ROOT / app).glob(f"{name}.py")
            yield from (ROOT / app / name).glob("*.py")


@pytest.mark.req("SEC-6")
def test_no_page_api_form_or_panel_asks_a_manager() -> None:
    modules = list(_modules())
    assert len(modules) > 20
    found = [
        f"{module.relative_to(ROOT)}:{node.lineno}"
        for module in modules
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS
    ]
    assert found == []


@pytest.mark.req("SEC-6")
def test_a_selector_takes_the_viewer_first_or_stands_on_the_list_with_its_reason() -> None:
    listed = set().union(*WITHOUT_VIEWER.values())
    missing, found = [], set()
    for app in APPS:
        name = app.replace("/", ".") + ".selectors"
        package = import_module(name)
        for function_name, function in inspect.getmembers(package, inspect.isfunction):
            if not function.__module__.startswith(name) or function_name.startswith("_"):
                continue
            found.add(function_name)
            first = next(iter(inspect.signature(function).parameters), "")
            if first not in {"viewer", "person"} and function_name not in listed:
                missing.append(f"{name}.{function_name}({first})")
    assert missing == []
    assert listed - found == set(), "these selectors are gone: take them off the list"
