"""What happens when they meet: points 6 to 9 of the main job, from the session to signing again."""

import re
import time
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.e2e.cast import OWN_PASSWORD, PROCESS_WORDS, PROGRESS_WORDS, House
from tests.e2e.joining import answer_the_short_questions, sign
from tests.e2e.mail import Letter, says_nothing
from tests.e2e.pages import TwoOpenDoors, Visitor, one_time_code


# --- 6. A session ----------------------------------------------------------------------------------------------
def she_plans_a_session_in_ten_minutes(house: House) -> None:
    """Plan a session that starts ten minutes from now by the clocks of the practice."""
    vera = house.of("vera")
    vera.visit(house.cast.places["group"])
    vera.page.get_by_role("main").get_by_role("link", name="Plan a session").click()
    zone = re.search(r"Time in ([\w/ ]+)\.", vera.text)
    assert zone, "The form does not say in which zone the time is meant"
    start = datetime.now(ZoneInfo(zone.group(1).replace(" ", "_"))) + timedelta(minutes=10)
    vera.write("Day", f"{start:%Y-%m-%d}")
    vera.write("Starts at", f"{start:%H:%M}")
    vera.write("Minutes", "60")
    vera.press("Plan")
    vera.follow("Open", beside=f"{start:%H:%M}")
    assert vera.heading == "Session 1"
    vera.sees("The door is open")
    house.cast.places["session"] = vera.path


def everyone_is_reminded_once(house: House) -> dict[str, Letter]:
    """Wait for the sweep; return the neutral reminder of each member."""
    reminders = {}
    for one in house.cast.members:
        reminders[one.key] = house.tray.wait_for_letter(one.email, "Your appointment")
        says_nothing(reminders[one.key], *house.cast.names)
        assert re.search(r"You have an appointment on \w+day at \d\d:\d\d", reminders[one.key].body)
    return reminders


def no_one_was_reminded_twice(house: House) -> None:
    """Check, after more sweeps have run, that there is still one reminder each."""
    for one in house.cast.members:
        subjects = [letter.subject for letter in house.tray.letters_to(one.email)]
        assert subjects.count("Your appointment") == 1, (one.key, subjects)


def the_door_says_what_to_do(house: House, reminder: Letter) -> None:
    """The member who declined cannot come in, is told why, and where to go."""
    member = house.of(house.cast.declines.key)
    assert member.visit(reminder.link).status == 403
    assert member.heading == "You cannot come in yet"
    member.sees_nothing_of("meet.example", "Show me the way in")
    assert member.visit(house.cast.places["session"].replace("sessions", "visits") + "room/").status == 403
    member.sees_nothing_of("meet.example")
    member.visit(reminder.link)
    member.follow("Go there")
    assert member.path.startswith("/agreements/")


def the_cleared_member_comes_in(house: House, reminder: Letter) -> None:
    """Ground rules first, every time; then the way in."""
    member = house.of(house.cast.signs.key)
    member.visit(reminder.link)
    assert member.heading == "Ground rules"
    member.press("I agree, go on")
    member.sees("Tick the box to go in.")
    member.tick_the_promise()
    member.press("I agree, go on")
    member.sees_nothing_of("meet.example")
    member.press("Go on")
    member.sees("Fill this in, or press")
    member.press("I do not want to say")
    assert member.heading == "Come in"
    link = member.page.get_by_role("link", name="Open the video room")
    assert link.get_attribute("href") == "https://meet.example/quiet-room"
    member.sees_nothing_of(*house.cast.declines.name.split(), house.cast.label)


# --- 7. Notes ------------------------------------------------------------------------------------------------------
def she_writes_two_notes(house: House) -> None:
    """Write the process note and a progress note about the member who came."""
    vera, cast = house.of("vera"), house.cast
    vera.visit(cast.places["session"])
    vera.follow("Write the process note")
    vera.press("Save the note")
    assert vera.page.locator("#form-errors").count(), "An empty note was kept"
    vera.write("Note", PROCESS_WORDS)
    vera.press("Save the note")
    vera.sees(PROCESS_WORDS)
    vera.follow("Write a progress note")
    vera.follow("Write", beside=cast.signs.name)
    vera.write("Note", PROGRESS_WORDS)
    vera.press("Save the note")
    vera.sees(PROCESS_WORDS, PROGRESS_WORDS)
    cast.places["notes"] = vera.path


def her_colleague_reads_them(house: House) -> None:
    """Add Tom, who sees the notes only from then on."""
    vera, tom, cast = house.of("vera"), house.demo("tom"), house.cast
    assert tom.visit(cast.places["notes"]).status == 404
    vera.visit(cast.places["group"] + "people/")
    vera.follow("Add a colleague")
    vera.choose("Who", "Tom Becker")
    vera.choose("As what", "Co-facilitator")
    vera.press("Add")
    vera.sees("Tom Becker")
    tom.visit("/groups/")
    tom.follow("Open", beside=cast.label)
    tom.follow("Notes")
    tom.follow("Read", beside="Session 1")
    tom.sees(PROCESS_WORDS, PROGRESS_WORDS)


def for_others_nothing_is_there(house: House) -> None:
    """Another facilitator and the administrator get what they get for an address that does not exist."""
    cast, nowhere = house.cast, str(uuid.uuid4())
    session, group = (cast.places[key].split("/")[2] for key in ("session", "group"))
    for key in ("nadia", "ada", "petra", cast.signs.key):
        reader = house.of(key) if key == cast.signs.key else house.demo(key)
        doors = TwoOpenDoors(reader)
        for path in (f"/sessions/{session}/notes/", f"/groups/{group}/", f"/groups/{group}/promises/"):
            own = session if session in path else group
            doors.are_the_same(path, path.replace(own, nowhere))
            assert cast.label not in reader.text
        for path in (f"/api/v1/sessions/{session}/process-notes", f"/api/v1/groups/{group}"):
            own = session if session in path else group
            doors.are_the_same_to_programs(path, path.replace(own, nowhere))
    vera = house.of("vera")
    for path in (f"/sessions/{session}/notes/", f"/groups/{group}/", f"/groups/{group}/promises/"):
        assert vera.visit(path).status == 200


# --- 8. A concern ----------------------------------------------------------------------------------------------------
def the_concern_is_two_taps_away(house: House) -> None:
    """Count the taps from every kind of page that a member meets."""
    member, cast = house.of(house.cast.signs.key), house.cast
    kept = re.sub(r"\?.*", "", first_path(member, "/agreements/", "My copy"))
    pages = (
        "/home/",
        "/my/sessions/",
        "/agreements/",
        kept,
        cast.places["session"].replace("sessions", "visits"),
        "/account/profile/",
    )
    for page in pages:
        member.visit(page)
        member.taps = 0
        member.follow_at_the_foot("Raise a concern")
        assert member.heading == "Raise a concern", page
        assert member.taps <= 2, page


def first_path(visitor: Visitor, page: str, link: str) -> str:
    """Return where the first link of that name on ``page`` leads."""
    visitor.visit(page)
    return str(visitor.page.get_by_role("link", name=link).first.get_attribute("href"))


def the_member_raises_a_concern_about_her(house: House) -> str:
    """Raise a concern that names the facilitator and return its number."""
    member, cast = house.of(house.cast.signs.key), house.cast
    member.visit("/home/")
    member.follow("Speak up")
    member.press("Send")
    member.sees("Write what happened.")
    member.write("What happened?", "My name was said aloud in the corridor after the meeting.")
    member.tick(cast.vera.name)
    member.press("Send")
    assert member.heading == "We have your concern."
    number = re.search(r"C-[A-Z]{5}", member.text)
    assert number, member.text
    cast.places["kept"] = member.path
    return number.group(0)


def the_officer_sees_it_through(house: House, number: str) -> None:
    """Show who she is, acknowledge, look into it, close it."""
    petra = house.demo("petra")
    petra.visit("/desk/")
    petra.follow(f"Open {number}")
    petra.show_that_it_is_you(house.practice.password)
    assert petra.heading == f"Concern {number}"
    petra.sees(house.cast.vera.name, "My name was said aloud")
    petra.sees_nothing_of(house.cast.signs.name)
    house.cast.places["concern"] = petra.path
    petra.press("I have read it")
    petra.press("Keep this")
    petra.sees("Write what you found out")
    petra.write("What you found out, and why you think so", "Heard two people. It was said aloud, once.")
    petra.press("Keep this")
    petra.choose("What was found", "A promise of the group was broken")
    petra.write("What the reporter reads", "You were right. We spoke about it, and the door stays shut now.")
    petra.press("Close the concern")
    petra.sees("Nothing in it can be changed.")
    assert not petra.page.get_by_role("main").get_by_role("textbox").count(), "A closed concern can be written to"


def the_member_sees_how_it_ended(house: House, number: str) -> None:
    """Read the status of the concern, under My concerns only."""
    member = house.of(house.cast.signs.key)
    member.visit("/home/")
    member.follow("My concerns", beside="Something worries you?")
    member.sees(number, "It is closed.", "You were right. We spoke about it")
    assert not [one for one in house.tray.letters_to(house.cast.signs.email) if number in one.body]


def she_sees_nothing_of_it(house: House, number: str) -> None:
    """The one it names finds it nowhere: not on a page, in a list, in a count, in the API."""
    vera, cast = house.of("vera"), house.cast
    for page in ("/today/", "/concern/mine/", cast.places["group"], cast.places["group"] + "people/"):
        vera.visit(page)
        vera.sees_nothing_of(number, "said aloud")
    doors, nowhere = TwoOpenDoors(vera), str(uuid.uuid4())
    for path in (cast.places["concern"], cast.places["kept"]):
        known = path.rstrip("/").split("/")[-1]
        doors.are_the_same(path, path.replace(known, nowhere))
    known = cast.places["concern"].rstrip("/").split("/")[-1]
    doors.are_the_same_to_programs(f"/api/v1/concerns/{known}", f"/api/v1/concerns/{nowhere}")


# --- 9. Signing again --------------------------------------------------------------------------------------------------
def someone_signs_again(house: House) -> None:
    """Follow the message that beat sent, sign anew, and find the old act as it was."""
    one = house.cast.returns
    letter = house.tray.wait_for_letter(one.email, "Something to read again")
    says_nothing(letter, *one.name.split())
    member = house.demo(one.key)
    member.visit(letter.link)
    title = member.heading
    member.visit("/agreements/")
    answers = member.page.locator("section").filter(has_text="All my answers").locator("li").filter(has_text=title)
    before = answers.get_by_role("link", name="Open").first
    old = str(before.get_attribute("href"))
    member.visit(old)
    kept = facts_of(member)
    member.visit(letter.link)
    member.press("Go on")
    answer_the_short_questions(member)
    member.follow("Sign")
    member.show_that_it_is_you(house.practice.password)
    sign(member, one.name)
    member.visit("/agreements/")
    assert title in member.text
    member.visit(old)
    member.sees("This is an earlier answer.")
    assert facts_of(member) == kept, "The old act changed"


def facts_of(member: Visitor) -> str:
    """Return what was kept of an act."""
    return member.page.locator("dl.facts").first.inner_text()


# --- and the second factor is asked for ----------------------------------------------------------------------------------
def she_comes_back_and_her_app_is_asked_for(house: House) -> None:
    """Sign in from a new browser: the password alone opens nothing."""
    again = Visitor(house.browser, house.practice, script=house.script, tab_words=house.cast.names)
    again.sign_in(house.cast.vera.email, OWN_PASSWORD)
    assert again.heading == "One more step"
    again.visit("/groups/")
    assert again.heading != "Your groups", "The password alone opened a staff page"
    again.visit("/account/2fa/authenticate/")
    again.page.get_by_role("main").get_by_role("textbox").fill(one_time_code(house.cast.secret, time.time()))
    again.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    again.watch.look(again.page)
    assert again.heading == f"Hello, {house.cast.vera.name}."
    again.leave()
