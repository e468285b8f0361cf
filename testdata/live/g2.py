"""SIMULATED: tells gevent 25.5.1 that this Python 3.13.0 is a 3.13.5, then forks in two greenlets."""

import sys


class VersionInfo(tuple):
    major, minor, micro, releaselevel, serial = (property(lambda self, i=i: self[i]) for i in range(5))


sys.version_info = VersionInfo((3, 13, 5, "final", 0))

from gevent import monkey

monkey.patch_all()

import subprocess
import threading

import gevent


def work():
    threading.current_thread()
    for _ in range(2):
        gevent.sleep(0.05)
        subprocess.run(["true"])


gevent.joinall([gevent.spawn(work) for _ in range(2)])
