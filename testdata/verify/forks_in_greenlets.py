"""Programs are started in two greenlets at once, as pyinfra does for two hosts."""

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
