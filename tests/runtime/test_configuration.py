"""What the supervisor is told to run."""

import shlex
import socket
from configparser import RawConfigParser
from pathlib import Path

from groupcare.runtime import ports
from groupcare.runtime.configuration import literal, render
from groupcare.runtime.layout import Layout, programs, source_stamp


def rendered(tmp_path: Path) -> RawConfigParser:
    layout = Layout(tmp_path, tmp_path / "data 100%")
    found = RawConfigParser()
    found.read_string(render(layout, programs(layout, port=8123)))
    return found


def test_three_programs_run_and_beat_only_once(tmp_path):
    found = rendered(tmp_path)
    assert sorted(found.sections()) == ["program:beat", "program:web", "program:worker", "supervisord"]
    commands = {name: shlex.split(found[f"program:{name}"]["command"]) for name in ("beat", "web", "worker")}
    assert "--lock" in commands["beat"]
    assert all("numprocs" not in found[section] for section in found.sections())
    assert all("autorestart" in found[f"program:{name}"] for name in commands)


def test_the_web_server_listens_on_this_computer_only_and_keeps_no_access_log(tmp_path):
    command = shlex.split(rendered(tmp_path)["program:web"]["command"])
    assert command[command.index("--bind") + 1] == "127.0.0.1:8123"
    assert "--no-control-socket" in command
    assert not [part for part in command if part.startswith("--access-log")]


def test_nobody_can_talk_to_the_supervisor(tmp_path):
    assert not [section for section in rendered(tmp_path).sections() if "server" in section]


def test_a_percent_sign_in_a_folder_is_no_variable(tmp_path):
    assert literal("100%") == "100%%"
    assert "data 100%%" in rendered(tmp_path)["supervisord"]["pidfile"]


def test_a_port_in_use_is_noticed():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
    assert ports.is_free(port)


def test_the_stamp_changes_with_a_source_file_and_not_without(tmp_path):
    (tmp_path / "app").mkdir()
    source = tmp_path / "app" / "texts.toml"
    source.write_text("a = 1")
    first = source_stamp(tmp_path, ("app",))
    assert source_stamp(tmp_path, ("app",)) == first
    source.write_text("a = 12")
    assert source_stamp(tmp_path, ("app",)) != first
