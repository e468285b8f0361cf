"""Runs a command, passes on what it writes, and sends it a signal when it has written a text.

usage: at.py [--idle] SIGNAL TEXT COMMAND [ARG…]

SIGNAL is INT, TERM, KILL …; twice: INT,INT. The exit code is the command's, 128+n if a signal ended it.
With --idle, the signal comes when nothing more was written for two seconds: a Ctrl-C that comes while pyinfra
starts the commands of an operation ends that operation as failed, with another exit code than one that comes
while it waits for them.
"""

import os
import select
import signal
import subprocess
import sys


def main():
    idle = sys.argv[1] == "--idle"
    names, text, *command = sys.argv[1 + idle :]
    signals, text = names.split(","), text.encode()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    seen = b""
    while data := os.read(child.stdout.fileno(), 65536):
        os.write(1, data)
        seen += data
        if text in seen and signals and not (idle and select.select([child.stdout], [], [], 2)[0]):
            for name in signals:
                child.send_signal(getattr(signal, "SIG" + name))
            signals = []
    code = child.wait()
    try:
        os.killpg(child.pid, signal.SIGKILL)  # what it started and left behind
    except ProcessLookupError:
        pass
    return 128 - code if code < 0 else code


sys.exit(main())
