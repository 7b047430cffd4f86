from django.test import RequestFactory
from django.utils.safestring import SafeString

from groupcare.web import panels


class Row:
    def __init__(self, pk: int) -> None:
        self.pk = pk


REQUEST = RequestFactory().get("/")


def test_a_slot_with_nothing_registered_is_empty() -> None:
    assert panels.collect(REQUEST, "a", [Row(1)]) == {1: ""}
    assert panels.render(REQUEST, "a", Row(1)) == ""


def test_each_renderer_runs_once_for_the_whole_list() -> None:
    calls = []

    def render(request, rows):
        calls.append([row.pk for row in rows])
        return {row.pk: SafeString(f"<i>{row.pk}</i>") for row in rows}

    panels.register("a", render)

    assert panels.collect(REQUEST, "a", [Row(1), Row(2)]) == {1: "<i>1</i>", 2: "<i>2</i>"}
    assert calls == [[1, 2]]


def test_panels_stand_in_their_order_and_a_renderer_counts_once() -> None:
    def late(request, rows):
        return {rows[0].pk: SafeString("late")}

    def early(request, rows):
        return {rows[0].pk: SafeString("early ")}

    panels.register("a", late, order=90)
    panels.register("a", early, order=10)
    panels.register("a", late)

    assert panels.render(REQUEST, "a", Row(1)) == "early late"


def test_a_panel_without_an_object_stands_under_none() -> None:
    panels.register("a", lambda request, rows: {None: SafeString("all")})

    assert panels.render(REQUEST, "a", [Row(1)]) == "all"
    assert panels.collect(REQUEST, "a", [])[None] == "all"
