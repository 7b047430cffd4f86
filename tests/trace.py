"""Writes docs/requirements.md: requirement, tests that prove it, pages they go through.

Run by ``make trace``; ``--check`` fails when the file is out of date.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "requirements.md"
_URL_NAME = re.compile(r"^[a-z_]+:[a-z][a-z-]+$")
_PATH = re.compile(r"^/(?:api|account|practice|demo|healthz|leave)[\w/{}-]*$")


def _tags(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.req":
            for argument in decorator.args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value)


def _pages(node: ast.AST) -> set[str]:
    texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return {text for text in texts if _URL_NAME.match(text) or _PATH.match(text)}


def collect() -> dict[str, list[tuple[str, set[str]]]]:
    """Return for each requirement the tests tagged with it and the routes named in them."""
    found: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for tag in _tags(node):
                    found[tag].append((f"{path.relative_to(ROOT)}::{node.name}", _pages(node)))
    return found


def render() -> str:
    """Return the whole document."""
    titles = tomllib.loads((ROOT / "docs" / "requirements.toml").read_text(encoding="utf-8"))
    lines = ["# Requirements and the tests that prove them", "", "Written by `make trace`; do not edit.", ""]
    found = collect()
    for tag in sorted(found, key=lambda t: (t.split("-")[0], int(t.split("-")[1]))):
        family, number = tag.split("-")
        title = titles.get(family, {}).get(number)
        if title is None:
            raise SystemExit(f"{tag} has no title in docs/requirements.toml: add one.")
        lines += [f"## {tag}: {title}", ""]
        for test, pages in sorted(found[tag], key=lambda entry: entry[0]):
            shown = f" ({', '.join(sorted(pages))})" if pages else ""
            lines.append(f"- `{test}`{shown}")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Write the document, or with ``--check`` fail if it differs."""
    text = render()
    if "--check" in sys.argv:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            raise SystemExit("docs/requirements.md is out of date. Run `make trace` and commit it.")
        return
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
