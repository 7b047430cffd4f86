import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict

from groupcare.web.forms import DateTimeInput, PlainForm, TimeInput
from tests.web.markup import Page
from tests.web.urls import Sample


def drawn(form: forms.BaseForm, source: str = "{{ form }}") -> str:
    return Template(source).render(Context({"form": form}))


def control(html: str, name: str) -> dict[str, str]:
    page = Page(f"<html>{html}")
    return next(attrs for _, attrs in page.elements if attrs.get("name") == name)


def test_help_and_error_are_tied_to_the_control() -> None:
    html = drawn(Sample({"label": ""}))

    assert control(html, "label")["aria-describedby"] == "id_label_helptext id_label_error"
    assert control(html, "label")["aria-invalid"] == "true"
    assert control(html, "minutes")["aria-describedby"] == "id_minutes_error"
    assert "aria-describedby" not in control(drawn(Sample()), "minutes")


@pytest.mark.parametrize(
    ("name", "css"),
    [("label", "form-control"), ("kind", "form-select"), ("sure", "form-check-input"), ("place", "form-check-input")],
)
def test_controls_wear_the_theme(name: str, css: str) -> None:
    assert control(drawn(Sample()), name)["class"] == css


def test_a_faulty_control_is_marked() -> None:
    assert control(drawn(Sample({"label": ""})), "label")["class"] == "form-control is-invalid"


def test_choices_are_a_group_with_a_legend() -> None:
    html = drawn(Sample(), "{% field form.openness %}")

    assert html.strip().startswith('<fieldset class="field"')
    assert "<legend>Openness</legend>" in html
    assert '<div class="segment">' in html


def test_labels_have_no_colon_and_name_what_is_optional() -> None:
    html = drawn(Sample())

    assert "Name of the group</label>" in html
    assert 'Note <span class="optional">(optional)</span></label>' in html


def test_a_hidden_field_shows_nothing_but_itself() -> None:
    class Hidden(PlainForm):
        back = forms.CharField(widget=forms.HiddenInput)

    assert drawn(Hidden()).strip() == '<input type="hidden" name="back" id="id_back">'


def test_what_was_typed_is_escaped_and_stays() -> None:
    html = drawn(Sample({"label": '"><script>'}))

    assert "<script>" not in html
    assert 'value="&quot;&gt;&lt;script&gt;"' in html


def test_the_summary_links_to_each_field_and_takes_focus() -> None:
    html = drawn(Sample({"minutes": "eight", "label": "x", "kind": "process", "openness": "open", "sure": "on"}))

    assert "Two things need a look" in html
    assert '<a href="#id_minutes">Minutes late: Write a number, for example 8.</a>' in html
    assert '<a href="#id_place_0">Place: Choose one.</a>' in html
    summary = next(attrs for _, attrs in Page(html).elements if attrs.get("id") == "form-errors")
    assert "autofocus" in summary
    assert summary["tabindex"] == "-1"


def test_the_summary_counts_in_words_and_names_what_belongs_to_no_field() -> None:
    data = {"label": "taken", "minutes": "1", "kind": "process", "openness": "open", "place": "a", "sure": "on"}
    html = drawn(Sample(data))

    assert "One thing needs a look" in html
    assert "<li>This place is taken.</li>" in html


def test_a_form_in_order_has_no_summary() -> None:
    assert "form-errors" not in drawn(Sample())


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (forms.CharField(), "", "Please fill this in."),
        (forms.BooleanField(), "", "Tick this to go on."),
        (forms.ChoiceField(choices=[("a", "A")]), "b", "Choose one from the list."),
        (forms.MultipleChoiceField(choices=[("a", "A")]), "", "Choose at least one."),
        (forms.IntegerField(), "x", "Write a number, for example 8."),
        (forms.DateField(), "x", "Choose a day."),
        (forms.DateTimeField(), "x", "Choose a day and a time."),
        (forms.TimeField(), "x", "Choose a time, for example 18:30."),
        (forms.EmailField(), "", "Write an e-mail address."),
    ],
)
def test_messages_name_the_cure(field: forms.Field, value: str, sentence: str) -> None:
    form = type("One", (PlainForm,), {"x": field})(QueryDict(f"x={value}") if value else MultiValueDict())

    assert form.errors["x"] == [sentence]


def test_a_message_of_the_forms_own_is_kept() -> None:
    class Own(PlainForm):
        name = forms.CharField(error_messages={"required": "Your name is missing."})

    assert Own({}).errors["name"] == ["Your name is missing."]


def test_pickers_speak_the_format_of_browsers() -> None:
    from datetime import datetime, time

    assert 'value="2026-11-12T18:30"' in DateTimeInput().render("a", datetime(2026, 11, 12, 18, 30))  # noqa: DTZ001
    assert 'value="18:30"' in TimeInput().render("a", time(18, 30))


def test_forms_of_other_packages_wear_the_theme_too() -> None:
    class Foreign(forms.Form):
        login = forms.EmailField()

    assert control(drawn(Foreign()), "login")["class"] == "form-control"
