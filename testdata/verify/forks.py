"""A program is started while a greenlet waits that has asked for its thread, as every call of logging does."""

from gevent import monkey

monkey.patch_all()

import subprocess
import threading

import gevent


def idle():
    threading.current_thread()
    gevent.sleep(10)


waits = gevent.spawn(idle)
gevent.sleep(0.01)
for _ in range(3):
    subprocess.run(["true"])
