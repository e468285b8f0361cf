"""Runs a command in a terminal of its own, and writes what the terminal would get, byte for byte.

usage: record.py [--columns N] [--send AFTER=TEXT]… FILE COMMAND [ARG…]

--send waits until the output holds AFTER, then types TEXT (\\r is Enter, \\x03 is Ctrl-C). Exits with the command's code.
"""

import argparse
import fcntl
import os
import pty
import struct
import sys
import termios


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--columns", type=int, default=200)
    parser.add_argument("--send", action="append", default=[])
    parser.add_argument("file")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    sends = [s.encode().decode("unicode_escape").encode("latin1").split(b"=", 1) for s in args.send]

    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, args.columns, 0, 0))
        os.execvp(args.command[0], args.command)
    seen = b""
    with open(args.file, "wb") as out:
        while True:
            try:
                data = os.read(fd, 65536)
            except OSError:  # EIO: the last process has closed the terminal
                break
            if not data:
                break
            out.write(data)
            seen += data
            if sends and sends[0][0] in seen:
                os.write(fd, sends.pop(0)[1])
                seen = b""
    status = os.waitpid(pid, 0)[1]
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


sys.exit(main())
