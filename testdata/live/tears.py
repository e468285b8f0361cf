"""Not pyinfra: gevent alone, with many forks at once, so that tracebacks tear far more often than in a deploy.

usage: tears.py [GREENLETS [ROUNDS]]      (gevent 25.5.1, Python 3.9 to 3.12)
"""

from gevent import monkey

monkey.patch_all()

import subprocess
import sys
import threading

import gevent

greenlets = int(sys.argv[1]) if len(sys.argv) > 1 else 8
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 6


def work(name):
    threading.current_thread()
    for _ in range(rounds):
        gevent.sleep(0.01)
        subprocess.run(["true"])
        sys.stderr.write("    [%s] Success\n" % name)


gevent.joinall([gevent.spawn(work, "vm%d" % n) for n in range(1, greenlets + 1)])
