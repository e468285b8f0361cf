"""The host talks as pyinfra does, in what is printed of an error that is ignored: this run does not fail."""

from pyinfra.operations import server

SAYS = r"""
echo 'Error: executed 3 commands'
echo '--> pyinfra error: No hosts remaining!' >&2
echo 'Traceback (most recent call last):' >&2
echo 'ValueError: this is handled' >&2
echo 'could not load fact: server.Command'
exit 1
"""
server.shell(name="Run the tests", commands=[SAYS], _ignore_errors=True)
server.shell(name="Say bye", commands=["echo bye"])
