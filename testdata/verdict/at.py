"""Runs a command, passes on what it writes, and sends it a signal when it has written a text.

usage: at.py SIGNAL TEXT COMMAND [ARG…]

SIGNAL is INT, TERM, KILL …; twice: INT,INT. The exit code is the command's, 128+n if a signal ended it.
"""

import os
import signal
import subprocess
import sys


def main():
    signals, text, command = sys.argv[1].split(","), sys.argv[2].encode(), sys.argv[3:]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    seen = b""
    while data := os.read(child.stdout.fileno(), 65536):
        os.write(1, data)
        seen += data
        if text in seen and signals:
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
