"""Finds the forms of a page and fills them: every text input with words of its own."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.urls import resolve

TEXT = {"", "text", "search", "tel", "email", "url", "password"}
# What is typed into inputs that take no free text.
SHAPED = {
    "date": "2031-02-03",
    "time": "18:30",
    "datetime-local": "2031-02-03T18:30",
    "number": "8",
}


@dataclass
class Input:
    """One control of a form."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    longest: int = 0


@dataclass
class Form:
    """One form of a page that is sent by POST."""

    action: str
    inputs: list[Input] = field(default_factory=list)

    @property
    def route(self) -> str:
        """The name of the route that it is sent to."""
        return resolve(urlsplit(self.action).path).view_name or self.action


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms, self.open = path, [], None

    def handle_starttag(self, tag, attrs):
        given = {key: value or "" for key, value in attrs}
        if tag == "form" and given.get("method", "get").lower() == "post":
            self.open = Form(given.get("action") or self.path)
            self.forms.append(self.open)
        elif self.open is not None and tag in {"input", "textarea", "select", "button"} and given.get("name"):
            kind = given.get("type", "") if tag == "input" else tag
            longest = int(given.get("maxlength") or 0)
            value = given.get("value", "on" if kind in {"checkbox", "radio"} else "")
            self.open.inputs.append(Input(given["name"], kind, value, longest=longest))
        elif self.open is not None and tag == "option" and given.get("value") and self.open.inputs:
            self.open.inputs[-1].options.append(given["value"])

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None


def post_forms(path: str, html: str) -> list[Form]:
    """Return the forms of a page that are sent by POST."""
    reader = _Reader(path)
    reader.feed(html)
    return reader.forms


def filled(form: Form, word) -> dict[str, list[str]]:
    """Return the data of a form; ``word(route, name)`` gives the text for each text input."""
    data: dict[str, list[str]] = {}
    for one in form.inputs:
        if one.kind in TEXT | {"textarea"}:
            text = word(form.route, one.name)
            text = f"{text}@example.org" if one.kind == "email" else text
            text = f"https://{text}.example.org/" if one.kind == "url" else text
            data[one.name] = [text[: one.longest or None]]
        elif one.kind == "select":
            data[one.name] = [one.options[-1] if one.options else ""]
        elif one.kind in {"radio", "button"}:
            data.setdefault(one.name, [one.value])
        elif one.kind == "checkbox":
            data.setdefault(one.name, []).append(one.value)
        else:
            data[one.name] = [one.value or SHAPED.get(one.kind, "")]
    return data


def words_in(text: str) -> set[str]:
    """Return every canary word in a text, whatever its case."""
    return set(re.findall(r"canary[0-9a-f]{10}", text.lower()))
