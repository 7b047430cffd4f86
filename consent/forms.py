"""Shape of what people type about promises; meaning is checked by the services."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from consent.kinds import Kind
from consent.kinds.wording import languages, shipped
from consent.selectors import DEFAULT_ANSWER_DAYS
from groupcare.web.forms import PlainForm

# Our choice, because a part longer than two pages is not read.
LONGEST_CLAUSE = 4000
LONGEST_SUMMARY = 300
LANGUAGE_NAMES = {"en": _("English"), "es": _("Spanish")}


def _said_in(language: str, words: str) -> SafeString:
    """Return words of a text as a label that says which language they are in: the page may speak another."""
    return format_html('<span lang="{}">{}</span>', language, words)


class SignForm(PlainForm):
    """A typed name and the ticked meaning; the service says what is missing."""

    typed_name = forms.CharField(
        label=_("Type your name"),
        help_text=_("As you write it yourself. It is your signature."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    meant = forms.BooleanField(required=False)

    def __init__(self, *args: Any, meaning: str, language: str, **kwargs: Any) -> None:
        """Build the form with the exact sentence that is kept with the signature, in the language of the text."""
        super().__init__(*args, **kwargs)
        self.fields["meant"].label = _said_in(language, meaning)
        # Who talks first or declines types no name, so the form takes it empty; who signs must type one.
        self.fields["typed_name"].widget.is_required = True


class VersionForm(PlainForm):
    """The facilitator's own words, in each language, before a version is published."""

    answer_days = forms.IntegerField(
        label=_("Working days until somebody who raises a concern hears back"), initial=DEFAULT_ANSWER_DAYS
    )
    summary = forms.CharField(
        label=_("What is new, in a sentence"),
        help_text=_("People who signed before read it first. Leave it empty the first time."),
        max_length=LONGEST_SUMMARY,
        required=False,
    )

    def __init__(self, *args: Any, kind: Kind, words: dict[str, dict[str, str]], main: str, **kwargs: Any) -> None:
        """Build the fields from the kind.

        Args:
            *args: as of every form.
            kind: the kind of document, which says which clauses are open.
            words: language -> clause key -> the words to start from.
            main: the language of the group, in which it is always published.
            **kwargs: as of every form.
        """
        super().__init__(*args, **kwargs)
        self.kind, self.main, self.starting_words = kind, main, words
        self.other = [language for language in languages(kind.key) if language != main]
        for language in [main, *self.other]:
            titles = {clause.key: clause.title for clause in shipped(kind.key, language).clauses}
            if language != main:
                self.fields[f"with_{language}"] = forms.BooleanField(
                    label=_("Publish it in %(language)s too") % {"language": LANGUAGE_NAMES.get(language, language)},
                    initial=True,
                    required=False,
                )
            for key in kind.editable_keys:
                self.fields[f"{language}_{key}"] = forms.CharField(
                    label=_said_in(language, titles[key]),
                    initial=words[language][key],
                    max_length=LONGEST_CLAUSE,
                    widget=forms.Textarea(attrs={"rows": 6, "lang": language}),
                )

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the languages to publish in; the group's own first."""
        return (self.main, *(one for one in self.other if self.cleaned_data.get(f"with_{one}")))

    @property
    def edited(self) -> dict[str, dict[str, str]]:
        """Return the typed words by language and clause key."""
        return {
            language: {key: self.cleaned_data[f"{language}_{key}"] for key in self.kind.editable_keys}
            for language in self.chosen
        }

    def clean(self) -> dict[str, Any]:
        """Ask for the other language where only one was changed, so that both say the same."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for key in self.kind.editable_keys:
            changed = [language for language in self.chosen if f"{language}_{key}" in self.changed_data]
            for language in self.chosen:
                if changed and language not in changed:
                    self.add_error(
                        f"{language}_{key}",
                        _(
                            "You changed this part in one language. Change it here too, or do not publish this language."
                        ),
                    )
        return cleaned

    def groups_of_fields(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the bound fields of each language, for the page."""
        return [
            (
                str(LANGUAGE_NAMES.get(language, language)),
                [self[name] for name in self.fields if name in self._names_of(language)],
            )
            for language in [self.main, *self.other]
        ]

    def _names_of(self, language: str) -> set[str]:
        return {f"with_{language}", *(f"{language}_{key}" for key in self.kind.editable_keys)}
