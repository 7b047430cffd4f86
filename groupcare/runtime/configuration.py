"""The supervisor's configuration, rendered from the programs."""

import shlex
import sys

from groupcare.runtime.layout import CHILD, Layout, Program

_SUPERVISOR = """\
; Rendered by `manage.py run`; changes are lost at the next start.
[supervisord]
nodaemon=true
silent=true
logfile={log}
logfile_maxbytes=1MB
logfile_backups=1
loglevel=warn
pidfile={pidfile}
childlogdir={run}
directory={base}
minfds=256
"""

# Ten seconds to stop cleanly, then killed with all its children. A program that keeps failing is
# started again with growing pauses (our choice: 60 times, about half an hour), then left alone.
_PROGRAM = """
[program:{name}]
command={command}
priority={priority}
autorestart=true
startsecs=1
startretries=60
stopsignal=TERM
stopwaitsecs=8
stopasgroup=false
killasgroup=true
redirect_stderr=true
stdout_logfile=/dev/fd/1
stdout_logfile_maxbytes=0
"""


def literal(text: str) -> str:
    """Return the text so that supervisor expands nothing in it."""
    return text.replace("%", "%%")


def render(layout: Layout, programs: tuple[Program, ...]) -> str:
    """Return the whole configuration. It opens no control socket."""
    head = _SUPERVISOR.format(
        log=literal(str(layout.run / "supervisord.log")),
        pidfile=literal(str(layout.run / "supervisord.pid")),
        run=literal(str(layout.run)),
        base=literal(str(layout.base)),
    )
    return head + "".join(
        _PROGRAM.format(name=program.name, command=literal(command(layout, program)), priority=program.priority)
        for program in programs
    )


def command(layout: Layout, program: Program) -> str:
    """Return the command line of a program below its wrapper."""
    options = ["--signal", program.dies_by, "--nice", str(program.nice)]
    if program.lock:
        options += ["--lock", str(layout.run / f"{program.name}.lock")]
    # -I -S: the wrapper needs no packages, and starts in a tenth of the time without them.
    return shlex.join([sys.executable, "-I", "-S", str(CHILD), *options, "--", *program.command])
