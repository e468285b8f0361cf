"""A child process from a thread that is not the main one, which gevent cannot wait for."""

from gevent import monkey

monkey.patch_all()

import gevent.subprocess
from gevent.threadpool import ThreadPool

ThreadPool(1).apply(gevent.subprocess.run, (["true"],))
