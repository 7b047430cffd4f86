"""The main job as people live it, told once for every way of living it: with script and without."""

from tests.e2e.cast import House
from tests.e2e.joining import (
    a_member_reads_and_asks_to_talk,
    ada_invites_a_facilitator,
    another_declines,
    she_invites_three_members,
    she_looks_through_and_publishes_the_agreement,
    she_makes_a_group,
    she_makes_her_account_with_a_second_factor,
    the_board_shows,
    the_member_signs_later,
)
from tests.e2e.meeting import (
    everyone_is_reminded_once,
    for_others_nothing_is_there,
    her_colleague_reads_them,
    no_one_was_reminded_twice,
    she_comes_back_and_her_app_is_asked_for,
    she_plans_a_session_in_ten_minutes,
    she_sees_nothing_of_it,
    she_writes_two_notes,
    someone_signs_again,
    the_cleared_member_comes_in,
    the_concern_is_two_taps_away,
    the_door_says_what_to_do,
    the_member_raises_a_concern_about_her,
    the_member_sees_how_it_ended,
    the_officer_sees_it_through,
)


def the_main_job(house: House) -> None:
    """Walk points 1 to 9 of the main job, one after the other."""
    she_makes_her_account_with_a_second_factor(house, ada_invites_a_facilitator(house))
    she_makes_a_group(house)
    she_looks_through_and_publishes_the_agreement(house)
    letters, cast = she_invites_three_members(house), house.cast
    a_member_reads_and_asks_to_talk(house, letters[cast.signs.key])
    another_declines(house, letters[cast.declines.key])
    the_board_shows(house, {cast.signs.name: "talk", cast.declines.name: "Declined", cast.waits.name: "Missing"})
    the_member_signs_later(house)
    the_board_shows(house, {cast.signs.name: "cleared", cast.declines.name: "not cleared"})
    she_plans_a_session_in_ten_minutes(house)
    reminders = everyone_is_reminded_once(house)
    the_door_says_what_to_do(house, reminders[cast.declines.key])
    the_cleared_member_comes_in(house, reminders[cast.signs.key])
    she_writes_two_notes(house)
    her_colleague_reads_them(house)
    for_others_nothing_is_there(house)
    the_concern_is_two_taps_away(house)
    number = the_member_raises_a_concern_about_her(house)
    the_officer_sees_it_through(house, number)
    the_member_sees_how_it_ended(house, number)
    she_sees_nothing_of_it(house, number)
    someone_signs_again(house)
    she_comes_back_and_her_app_is_asked_for(house)
    no_one_was_reminded_twice(house)
