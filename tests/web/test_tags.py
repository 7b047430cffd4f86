from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import timezone, translation
from lucide import IconDoesNotExist

from groupcare.web.templatetags import gc

# 23:30 UTC on 12 November 2026 is 18:30 EST (UTC-5) the same day, and 10:30 AEDT (UTC+11) the day after.
MOMENT = datetime(2026, 11, 12, 23, 30, tzinfo=UTC)


def drawn(source: str, **context) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/"), **context}))


def test_tags_need_no_load() -> None:
    assert "<svg" in drawn('{% icon "pen-line" %}')


def test_an_icon_is_hidden_from_speech_and_has_its_size() -> None:
    html = drawn('{% icon "hand" 22 %}')

    assert 'aria-hidden="true"' in html
    assert 'width="22"' in html


def test_an_unknown_icon_fails_loudly() -> None:
    with pytest.raises(IconDoesNotExist):
        drawn('{% icon "no-such-icon" %}')


@pytest.mark.parametrize(
    ("state", "css", "word"),
    [
        ("conflicting", "is-conflict", "Conflicting"),
        ("invalidated", "is-void", "Invalidated"),
        ("withdrawn", "is-withdrawn", "Withdrawn"),
        ("declined", "is-declined", "Declined"),
        ("talk_first", "is-talk", "Talk first"),
        ("missing", "is-missing", "Missing"),
        ("superseded", "is-superseded", "Superseded"),
        ("expired", "is-expired", "Expired"),
        ("due", "is-due", "Due"),
        ("current", "is-current", "Current"),
    ],
)
def test_each_standing_has_its_own_word_and_edge(state: str, css: str, word: str) -> None:
    html = drawn("{% standing state %}", state=state)

    assert f'<span class="standing {css}">' in html
    assert html.endswith(f"{word}</span>")


def test_no_two_standings_share_an_icon() -> None:
    assert len({glyph for _, glyph, _ in gc.STANDINGS.values()}) == 10


def test_an_unknown_standing_fails_loudly() -> None:
    with pytest.raises(KeyError):
        drawn('{% standing "fine" %}')


def test_a_seat_shows_initials_and_stays_silent() -> None:
    assert drawn('{% seat "NR" "in" %}') == '<span class="seat is-in" aria-hidden="true" dir="auto">NR</span>'
    assert (
        drawn("{% seat initials %}", initials="<b") == '<span class="seat" aria-hidden="true" dir="auto">&lt;b</span>'
    )


def test_the_ring_draws_one_seat_for_each_and_says_the_sum() -> None:
    html = drawn("{% ring 7 10 %}")

    assert html.count('class="s-in"') == 7
    assert html.count('class="s-out"') == 3
    assert 'aria-label="7 of 10 cleared"' in html
    assert "style=" not in html


def test_an_empty_ring_can_be_drawn() -> None:
    assert 'aria-label="0 of 0 cleared"' in drawn("{% ring 0 0 %}")


def test_the_row_of_seats_marks_the_open_ones() -> None:
    html = drawn('{% seat_row 1 3 "here" %}')

    assert html.count("<i></i>") == 1
    assert html.count('<i class="is-out"></i>') == 2
    assert "1 of 3 here" in html


def test_when_speaks_the_readers_zone() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        html = drawn("{{ at|when }}", at=MOMENT)

    assert html == '<time datetime="2026-11-12T18:30:00-05:00">Thu 12 Nov 2026, 18:30 EST</time>'


def test_when_moves_the_day_with_the_zone() -> None:
    with timezone.override(ZoneInfo("Australia/Sydney")):
        assert ">Fri 13 Nov 2026, 10:30 AEDT<" in drawn("{{ at|when }}", at=MOMENT)
        assert ">Fri 13 Nov 2026<" in drawn("{{ at|when_date }}", at=MOMENT)
        assert ">10:30 AEDT<" in drawn("{{ at|when_time }}", at=MOMENT)


def test_a_zone_without_a_name_shows_its_distance() -> None:
    with timezone.override(ZoneInfo("America/Sao_Paulo")):
        assert "20:30 UTC-03" in drawn("{{ at|when }}", at=MOMENT)


def test_when_takes_days_and_nothing() -> None:
    assert drawn("{{ day|when }}", day=date(2026, 11, 12)) == '<time datetime="2026-11-12">Thu 12 Nov 2026</time>'
    assert drawn("{{ day|when }}{{ day|when_date }}{{ day|when_time }}", day=None) == ""


def test_a_time_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="naive"):
        drawn("{{ at|when }}", at=datetime(2026, 11, 12))  # noqa: DTZ001


def test_a_span_names_the_second_day_only_when_there_is_one() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        short = drawn("{% when_span a b %}", a=MOMENT, b=datetime(2026, 11, 13, 1, 0, tzinfo=UTC))
        long = drawn("{% when_span a b %}", a=MOMENT, b=datetime(2026, 11, 13, 6, 0, tzinfo=UTC))

    assert "Thu 12 Nov 2026, 18:30 to 20:00 EST" in short
    assert "Thu 12 Nov 2026, 18:30 to Fri 13 Nov 2026, 01:00 EST" in long


def test_dates_are_written_in_the_language_of_the_page() -> None:
    with translation.override("es"):
        assert "nov" in drawn("{{ day|when }}", day=date(2026, 11, 12)).lower()
        assert "thu" not in drawn("{{ day|when }}", day=date(2026, 11, 12)).lower()


@pytest.mark.parametrize(("number", "word"), [(0, "0"), (1, "One"), (10, "Ten"), (11, "11")])
def test_small_numbers_are_words(number: int, word: str) -> None:
    assert drawn("{{ n|count_word }}", n=number) == word


def test_crumbs_link_the_way_and_name_the_page() -> None:
    html = drawn('{% crumbs "/groups/" "Groups" label %}', label="Thursday <B>")

    assert '<a href="/groups/">Groups</a>' in html
    assert 'aria-current="page">Thursday &lt;B&gt;</li>' in html
    assert 'aria-label="You are here"' in html


@pytest.mark.parametrize("kind", ["explain", "done", "soon", "stop", "plain"])
def test_a_notice_keeps_what_stands_inside(kind: str) -> None:
    html = drawn(
        "{% notice kind title=title %}<p>{{ name }}</p>{% endnotice %}", kind=kind, name="<Ben>", title="<Due>"
    )

    assert "<p>&lt;Ben&gt;</p>" in html
    assert "&lt;Due&gt;" in html


def test_a_notice_of_no_kind_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        drawn('{% notice "loud" %}{% endnotice %}')
    with pytest.raises(TemplateSyntaxError):
        drawn('{% notice "stop" %}')


def test_an_empty_list_says_what_will_stand_here() -> None:
    html = drawn('{% nothing_yet title="No notes" %}<p>After the session.</p>{% endnothing_yet %}')

    assert 'class="empty"' in html
    assert "<p>After the session.</p>" in html


def test_this_moment_is_written_in_the_readers_language_and_zone() -> None:
    with translation.override("es"), timezone.override(ZoneInfo("America/New_York")):
        html = drawn("{% right_now %}")
        year = str(timezone.localtime().year)

    assert html.startswith("<time datetime=")
    assert year in html
    assert html.endswith(("EST</time>", "EDT</time>"))


def test_help_stands_in_place_and_escapes_what_it_says() -> None:
    html = drawn("{% help question answer %}", question="Why?", answer="<b>One</b> sentence.")

    assert html.startswith('<details class="help"><summary>')
    assert "Why?</summary>" in html
    assert "&lt;b&gt;One&lt;/b&gt; sentence." in html
