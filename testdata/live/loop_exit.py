"""Waits for what cannot come: gevent says so and gives up."""

import gevent
from gevent.event import Event

gevent.spawn(Event().wait).get()
