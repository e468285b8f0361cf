"""A Python function takes longer than it may."""

import gevent

from pyinfra.operations import python

python.call(name="Poll", function=lambda: gevent.sleep(5), _timeout=1)
