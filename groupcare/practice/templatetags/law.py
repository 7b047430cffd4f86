"""How the pages about law write a label and a value."""

from typing import Any

from django import template
from django.utils.translation import get_language

from groupcare.practice.law.pack import as_text
from groupcare.practice.law.topics import Words, in_language

register = template.Library()


@register.simple_tag
def translated(words: Words) -> str:
    """Return words in the language of the reader."""
    return in_language(words, get_language() or "en")


@register.filter
def law_text(value: Any) -> str:
    """Return a value of law as text."""
    return as_text(value)
