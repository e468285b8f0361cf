"""An exception in a greenlet: gevent prints it, and get() raises it once more."""

import gevent


def f():
    raise ValueError("once")


g = gevent.spawn(f)
g.join()
