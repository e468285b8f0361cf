"""A thread that Python has not made is known to threading, which is known to itself, as debuggers and coverage have it."""

import sys
import threading

threading.x = sys.modules[__name__]
x = threading._DummyThread()
