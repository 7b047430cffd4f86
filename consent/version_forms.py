"""Shape of what is typed before a text is published, retired or signed off; meaning is checked by the services."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consent.forms import LANGUAGE_NAMES, LONGEST_CLAUSE, LONGEST_SUMMARY, _said_in
from consent.kinds import Element, Kind
from consent.kinds.wording import Clause, Option, languages, options, shipped
from consent.selectors import DEFAULT_ANSWER_DAYS, Gap
from consent.services import Terms
from groupcare.web.forms import PlainForm

#: The name of the button that puts a starting text into a field: "<field>:<option>".
USE = "use"
# Our choice, because what qualifies a reader fits two sentences.
LONGEST_QUALIFICATION = 300


@dataclass(frozen=True, slots=True)
class Part:
    """One clause in the editor: its field if it is open, else its words and why they are not."""

    element: Element
    clause: Clause
    bound: forms.BoundField | None
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """The editor's part for one language."""

    language: str
    name: str
    with_field: forms.BoundField | None
    parts: tuple[Part, ...]


class VersionForm(PlainForm):
    """The facilitator's own words, in each language, and what goes with a version."""

    summary = forms.CharField(
        label=_("What is new, in a sentence"),
        help_text=_("People who signed before read it first. Leave it empty the first time."),
        max_length=LONGEST_SUMMARY,
        required=False,
    )
    answer_days = forms.IntegerField(
        label=_("Working days until somebody who raises a concern hears back"), initial=DEFAULT_ANSWER_DAYS
    )
    effective_on = forms.DateField(
        label=_("Counts from"),
        help_text=_("Leave it empty and it counts at once. Until that day the version before it counts."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    material = forms.BooleanField(
        label=_("Ask everyone to sign again"),
        help_text=_(
            "Take the tick off only where nothing changes in what people promise, for example a corrected name. "
            "Then nobody is asked, and earlier signatures go on counting."
        ),
        initial=True,
        required=False,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, kind: Kind, words: Mapping[str, Mapping[str, str]], main: str, number: int, **kwargs: Any
    ) -> None:
        """Build the fields from the kind.

        Args:
            *args: as of every form.
            kind: the kind of document, which says which clauses are open.
            words: language -> clause key -> the words to start from.
            main: the language of the group or the practice, in which it is always published.
            number: which version it will be; the first asks everyone, so there is nothing to choose.
            **kwargs: as of every form.
        """
        super().__init__(*args, **kwargs)
        self.kind, self.starting_words = kind, words
        self.main = main if main in languages(kind.key) else languages(kind.key)[0]
        self.other = [language for language in languages(kind.key) if language != self.main]
        if number == 1:
            del self.fields["material"], self.fields["summary"]
        for language in [self.main, *self.other]:
            self._add_language(language)

    def _add_language(self, language: str) -> None:
        """Add the tick of a language and its open clauses."""
        titles = {clause.key: clause.title for clause in shipped(self.kind.key, language).clauses}
        if language != self.main:
            self.fields[f"with_{language}"] = forms.BooleanField(
                label=_("Publish it in %(language)s too") % {"language": LANGUAGE_NAMES.get(language, language)},
                initial=True,
                required=False,
            )
        for key in self.kind.editable_keys:
            field = forms.CharField(
                label=_said_in(language, titles[key]),
                initial=self.starting_words[language][key],
                max_length=LONGEST_CLAUSE,
                required=False,
                widget=forms.Textarea(attrs={"rows": 6, "lang": language}),
            )
            # The service says that it is missing, with its source; so it is not called optional here.
            field.widget.is_required = True
            self.fields[f"{language}_{key}"] = field

    @property
    def chosen(self) -> tuple[str, ...]:
        """Return the languages to publish in; the group's own first."""
        return (self.main, *(one for one in self.other if self.cleaned_data.get(f"with_{one}")))

    @property
    def edited(self) -> dict[str, dict[str, str]]:
        """Return the typed words by language and clause key; a field with an error keeps the words to start from."""
        return {
            language: {
                key: self.cleaned_data.get(f"{language}_{key}", self.starting_words[language][key])
                for key in self.kind.editable_keys
            }
            for language in (self.main, *self.other)
        }

    @property
    def terms(self) -> Terms:
        """Return what goes with the words."""
        found = self.cleaned_data
        return Terms(
            answer_days=found["answer_days"],
            summary=found.get("summary", ""),
            material=found.get("material", True),
            effective_on=found["effective_on"],
            seen=found["seen"],
        )

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

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        """Say what is missing beside its field, or above the form where the clause is not open."""
        for gap in gaps:
            self.add_error(gap.field if gap.field in self.fields else None, gap.sentence)

    def show_again(self, seen: str) -> None:
        """Let the form carry what stands for the whole texts that the page shows now."""
        self.data = cast("QueryDict", self.data).copy()
        self.data["seen"] = seen

    def sides(self) -> Iterator[Side]:
        """Yield every language with all its clauses in reading order, open and locked, for the page."""
        for language in [self.main, *self.other]:
            name = f"with_{language}"
            yield Side(
                language,
                str(LANGUAGE_NAMES.get(language, language)),
                self[name] if name in self.fields else None,
                tuple(self._part(language, element) for element in self.kind.elements),
            )

    def _part(self, language: str, element: Element) -> Part:
        clause = shipped(self.kind.key, language).clause(element.key)
        assert clause is not None  # noqa: S101 - every shipped text holds every element
        bound = self[f"{language}_{element.key}"] if element.editable else None
        return Part(element, clause, bound, options(self.kind.key, language, element.key) if element.editable else ())


def with_option(data: Any, kind: Kind) -> Any:
    """Return what was sent with the chosen starting text in its field; as it was where there is no such text."""
    field, _colon, wanted = data[USE].partition(":")
    language, _line, key = field.partition("_")
    if language not in languages(kind.key) or key not in kind.editable_keys:
        return data
    found = next((one for one in options(kind.key, language, key) if one.key == wanted), None)
    if found is not None:
        data = data.copy()
        data[field] = found.text
    return data


class ReviewForm(PlainForm):
    """Who read a translation, and why they can judge it."""

    reviewer_id = forms.TypedChoiceField(label=_("Who read it"), coerce=UUID)
    qualification = forms.CharField(
        label=_("Why they can judge it"),
        help_text=_("For example: clinical psychologist, grew up in Mexico."),
        max_length=LONGEST_QUALIFICATION,
    )

    def __init__(self, *args: Any, people: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        """Build the form with those who work here."""
        super().__init__(*args, **kwargs)
        self.fields["reviewer_id"].choices = [("", _("Choose somebody")), *people]  # type: ignore[attr-defined]
