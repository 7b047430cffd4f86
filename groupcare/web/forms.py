"""The one way forms look: renderer, bound field and base class."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.forms.renderers import DjangoTemplates
from django.template import loader
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from groupcare.web.context import typed_before


class PlainBoundField(forms.BoundField):
    """A field that gives its control the classes of the theme and ties it to its help and its error."""

    def css_classes_of_widget(self) -> str:
        """Return the theme's classes for this control."""
        widget = self.field.widget
        if isinstance(widget, (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)):
            return "form-check-input"
        base = "form-select" if isinstance(widget, forms.Select) else "form-control"
        return f"{base} is-invalid" if self.errors else base

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Return the attributes of the control, with the theme's classes added to its own."""
        built = super().build_widget_attrs(attrs, widget)
        if not self.is_hidden:
            own = self.field.widget.attrs.get("class", "")
            built["class"] = f"{self.css_classes_of_widget()} {own}".strip()
        return built

    @property
    def is_optional(self) -> bool:
        """Return whether the label says that the field may stay empty.

        A list to choose from is never empty. A widget marked as required belongs to a field that the service checks.
        """
        widget = self.field.widget
        return not (self.field.required or widget.is_required or isinstance(widget, forms.Select))

    @property
    def layout(self) -> str:
        """Return how the field is laid out: "hidden", "check", "choices", "segment" or "plain"."""
        widget = self.field.widget
        if self.is_hidden:
            return "hidden"
        if isinstance(widget, Segment):
            return "segment"
        if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
            return "choices"
        return "check" if isinstance(widget, forms.CheckboxInput) else "plain"

    @property
    def anchor(self) -> str:
        """Return the id that a link to this field's control points at."""
        base = str(self.auto_id)
        return f"{base}_0" if self.layout in ("choices", "segment") else str(self.id_for_label or base)


class Renderer(DjangoTemplates):
    """Renders controls with Django's templates, fields and forms with ours."""

    form_template_name = "_components/form.html"
    field_template_name = "_components/field.html"
    bound_field_class = PlainBoundField

    def get_template(self, template_name: str) -> Any:
        """Return our template for our names, Django's for the rest."""
        if template_name.startswith("_components/"):
            return loader.get_template(template_name)
        return super().get_template(template_name)


class Segment(forms.RadioSelect):
    """A few short choices side by side, of equal weight."""


class DateInput(forms.DateInput):
    """A date by the browser's own picker."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        """Use the one format that browsers accept."""
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    """A time of day by the browser's own picker."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        """Use the one format that browsers accept."""
        super().__init__(format="%H:%M", **kwargs)


class DateTimeInput(forms.DateTimeInput):
    """A date with its time by the browser's own picker, in the reader's zone."""

    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        """Use the one format that browsers accept."""
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


# What a field says when it is empty or unreadable: the cure, never "invalid". The first class that fits counts.
_SENTENCES: list[tuple[type[forms.Field], dict[str, Any]]] = [
    (forms.BooleanField, {"required": _("Tick this to go on.")}),
    (forms.MultipleChoiceField, {"required": _("Choose at least one."), "invalid_choice": _("Choose from the list.")}),
    (forms.ChoiceField, {"required": _("Choose one."), "invalid_choice": _("Choose one from the list.")}),
    (forms.IntegerField, {"required": _("Write a number."), "invalid": _("Write a number, for example 8.")}),
    (forms.DateTimeField, {"required": _("Choose a day and a time."), "invalid": _("Choose a day and a time.")}),
    (forms.DateField, {"required": _("Choose a day."), "invalid": _("Choose a day.")}),
    (forms.TimeField, {"required": _("Choose a time."), "invalid": _("Choose a time, for example 18:30.")}),
    (
        forms.EmailField,
        {
            "required": _("Write an e-mail address."),
            "invalid": _("Write an e-mail address, for example name@example.org."),
        },
    ),
    (forms.Field, {"required": _("Please fill this in.")}),
]


class LengthValidator(MaxLengthValidator):
    """Says how long a text may be and how long it is, and that it is all still there."""

    message = ngettext_lazy(
        "At most %(limit_value)d character fits here; yours has %(show_value)d. Nothing was lost: shorten it.",
        "At most %(limit_value)d characters fit here; yours has %(show_value)d. Nothing was lost: shorten it.",
        "limit_value",
    )


def _measure_plainly(field: forms.Field) -> None:
    """Let ``field`` say in our words that a text is too long."""
    field.validators = [
        LengthValidator(one.limit_value) if type(one) is MaxLengthValidator else one for one in field.validators
    ]


def _speak_plainly(field: forms.Field) -> None:
    """Give ``field`` our sentences where it still has Django's own."""
    sentences = next(words for kind, words in _SENTENCES if isinstance(field, kind))
    default: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        default.update(getattr(kind, "default_error_messages", {}))
    for code, words in sentences.items():
        if field.error_messages.get(code) == default.get(code):
            field.error_messages[code] = words


class PlainForm(forms.Form):
    """Base of our forms: no colon after labels, and messages that name the cure.

    The page's ``<form>`` carries ``novalidate``, so that our words are used and not the browser's.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Build the form without label suffix and with our sentences."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _speak_plainly(field)
            _measure_plainly(field)

    def add_field(self, name: str, field: forms.Field) -> None:
        """Add a field that depends on data, with our sentences."""
        _speak_plainly(field)
        _measure_plainly(field)
        self.fields[name] = field

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return what the field starts with: what was typed before the session ended, else what the page says.

        Hidden fields come back too: a token of what its author had seen must not become younger than the text.
        """
        typed, names = typed_before(), [self.add_prefix(name) for name in self.fields]
        secret = isinstance(field.widget, (forms.PasswordInput, forms.FileInput))
        if typed is None or secret or not any(name in typed for name in names):
            return super().get_initial_for_field(field, field_name)
        found = field.widget.value_from_datadict(typed, MultiValueDict(), self.add_prefix(field_name))
        return super().get_initial_for_field(field, field_name) if found is None else found
