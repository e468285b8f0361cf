"""One failure of each kind that pyinfra words itself; all are ignored, so that the run goes on."""

from pyinfra.operations import python, server


def raises():
    raise ValueError("a bug in the callback")


def nests():
    server.shell(name="Inner", commands=["exit 3"])


server.shell(name="Ignored", commands=["echo why >&2; exit 3"], _ignore_errors=True)
server.shell(name="Times out", commands=["sleep 5"], _timeout=1, _ignore_errors=True)
server.shell(name="Again", commands=["exit 3"], _retries=2, _retry_delay=0, _ignore_errors=True)
python.call(name="Calls back", function=raises, _ignore_errors=True)
python.call(name="Nests", function=nests, _ignore_errors=True)
server.shell(name="Goes on", commands=["exit 3", "exit 4"], _continue_on_error=True, _ignore_errors=True)
