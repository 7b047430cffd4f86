"""A backup file opens whole or not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupcare.backup import container
from groupcare.backup.errors import BackupError
from groupcare.backup.stream import PIECE, Opener, Sealer

KEY, BOUND, TAG = bytes(range(32)), b"head", 16


def sealed(plain: bytes) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target, KEY, BOUND)
    sealer.write(plain)
    sealer.finish()
    return target.getvalue()


def opened(stream: bytes, key: bytes = KEY, bound: bytes = BOUND) -> bytes:
    opener, found = Opener(io.BytesIO(stream), key, bound), b""
    while not opener.at_end():
        found += opener.read(1)
    return found


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_what_was_written_in_any_portions_comes_back(portions):
    target = io.BytesIO()
    sealer = Sealer(target, KEY, BOUND)
    for portion in portions:
        sealer.write(portion)
    sealer.finish()
    assert opened(target.getvalue()) == b"".join(portions)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_sizes_around_a_piece_come_back(size):
    plain = bytes(size)
    opener = Opener(io.BytesIO(sealed(plain)), KEY, BOUND)
    assert opener.read(size) == plain
    assert opener.at_end()


def read_whole(stream: bytes, size: int) -> bytes:
    opener = Opener(io.BytesIO(stream), KEY, BOUND)
    found = opener.read(size)
    assert opener.at_end()
    return found


def pieces(stream: bytes) -> list[bytes]:
    body, whole = stream[7:], PIECE + TAG
    return [body[start : start + whole] for start in range(0, len(body), whole)]


@pytest.mark.req("SEC-73")
@pytest.mark.parametrize(
    "tampering", ["swapped", "left out", "repeated", "cut between", "cut inside", "flipped", "longer"]
)
def test_a_tampered_file_does_not_open(tampering):
    stream = sealed(bytes(4 * PIECE))
    prefix, one = stream[:7], pieces(stream)
    tampered = {
        "swapped": prefix + one[1] + one[0] + b"".join(one[2:]),
        "left out": prefix + one[0] + b"".join(one[2:]),
        "repeated": prefix + one[0] + b"".join(one),
        "cut between": prefix + b"".join(one[:2]),
        "cut inside": stream[:-5],
        "flipped": stream[:40] + bytes([stream[40] ^ 1]) + stream[41:],
        "longer": stream + b"x",
    }[tampering]
    with pytest.raises(BackupError):
        read_whole(tampered, 4 * PIECE)
    assert Opener(io.BytesIO(stream), KEY, BOUND).read(4 * PIECE) == bytes(4 * PIECE)


def test_another_key_or_another_head_does_not_open_it():
    stream = sealed(b"names")
    for key, bound in ((bytes(32), BOUND), (KEY, b"other")):
        with pytest.raises(BackupError):
            opened(stream, key, bound)


def test_a_cut_file_is_said_to_be_cut():
    stream = sealed(bytes(4 * PIECE))
    with pytest.raises(BackupError, match="ends too early"):
        Opener(io.BytesIO(stream[: 7 + 2 * (PIECE + TAG)]), KEY, BOUND).read(4 * PIECE)
    with pytest.raises(BackupError, match="ends too early"):
        Opener(io.BytesIO(b"abc"), KEY, BOUND)
    opener = Opener(io.BytesIO(sealed(b"abc")), KEY, BOUND)
    with pytest.raises(BackupError, match="ends too early"):
        opener.read(4)


def write(path, key=KEY):
    with container.create(path, container.DATA, {"salt": "1"}, key) as sealer:
        container.write_entry(sealer, "one", [b"a", b"", b"bc"], columns=["x"])
        container.write_entry(sealer, "two", [])


def test_entries_come_back_by_name_and_nobody_else_may_read_the_file(tmp_path):
    path = tmp_path / "new" / "backup.gcb"
    write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with container.reading(path) as (head, source):
        assert head.kind == container.DATA
        found = [
            (label["name"], b"".join(rest)) for label, rest in container.entries(container.opener(head, source, KEY))
        ]
    assert found == [("one", b"abc"), ("two", b"")]


def test_an_entry_that_was_not_read_is_passed_over(tmp_path):
    write(tmp_path / "b")
    with container.reading(tmp_path / "b") as (head, source):
        names = [label["name"] for label, _ in container.entries(container.opener(head, source, KEY))]
    assert names == ["one", "two"]


def test_a_file_is_never_written_over(tmp_path):
    write(tmp_path / "b")
    before = (tmp_path / "b").read_bytes()
    with pytest.raises(BackupError, match="could not be written"):
        write(tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["b"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7 a letter", "no backup of GroupCare"),
        (b"", "no backup of GroupCare"),
        (b"GroupCare backup 2\n" + bytes(40), "newer GroupCare"),
        (b"GroupCare backup 1\n" + (9).to_bytes(4, "big") + b"{not json", "damaged"),
    ],
)
def test_another_file_is_named_as_such(tmp_path, content, says):
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(BackupError, match=says), container.reading(tmp_path / "f"):
        pass
    with pytest.raises(BackupError, match="cannot be read"), container.reading(tmp_path / "absent"):
        pass
