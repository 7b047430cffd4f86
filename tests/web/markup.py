"""Reads a page the way assistive technology does, to assert what every page owes it."""

from collections import Counter
from html.parser import HTMLParser


class Page(HTMLParser):
    """Collects elements, ids and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.title = ""
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._in_title = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def ids(self) -> Counter[str]:
        return Counter(attrs["id"] for _, attrs in self.elements if "id" in attrs)

    def faults(self) -> list[str]:
        """Name everything an audit would call critical; an empty list is a sound page."""
        found = []
        if not self.all("html")[0].get("lang"):
            found.append("no lang")
        if not self.title.strip():
            found.append("no title")
        found += [f"{len(self.all(tag))} {tag}" for tag in ("h1", "main") if len(self.all(tag)) != 1]
        found += [f"id {name} twice" for name, times in self.ids.items() if times > 1]
        found += [f"style on {tag}" for tag, attrs in self.elements if "style" in attrs]
        found += [f"handler on {tag}" for tag, attrs in self.elements if any(name.startswith("on") for name in attrs)]
        found += ["inline script" for attrs in self.all("script") if "src" not in attrs]
        found += self._unlabelled() + self._dangling()
        return found

    def _unlabelled(self) -> list[str]:
        labelled = {attrs.get("for") for attrs in self.all("label")}
        controls = [attrs for tag in ("input", "select", "textarea") for attrs in self.all(tag)]
        seen = [attrs for attrs in controls if attrs.get("type") not in ("hidden", "submit")]
        return [f"no label for {attrs.get('name')}" for attrs in seen if attrs.get("id") not in labelled]

    def _dangling(self) -> list[str]:
        ids = self.ids
        found = []
        for _, attrs in self.elements:
            for name in ("aria-describedby", "aria-labelledby"):
                found += [f"{name} to nothing: {target}" for target in attrs.get(name, "").split() if target not in ids]
            href = attrs.get("href", "")
            if href.startswith("#") and href[1:] not in ids:
                found.append(f"link to nothing: {href}")
        return found
