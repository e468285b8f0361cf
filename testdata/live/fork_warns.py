"""A fork in a process that has a second thread, with warnings on (python -W always)."""

from gevent import monkey

monkey.patch_all()

import subprocess

import gevent

gevent.get_hub().threadpool.apply(int)
subprocess.run(["true"])
