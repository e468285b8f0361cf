"""The host talks of errors, and nothing fails."""

from pyinfra.operations import server

SAYS = r"""
echo 'Error: executed 3 commands'
echo '    [@local] Error: executed 3 commands'
echo '--> pyinfra error: No hosts remaining!'
echo '--> An internal exception occurred:' >&2
echo 'Traceback (most recent call last):' >&2
echo '  File "/srv/app/manage.py", line 3, in <module>' >&2
echo 'ValueError: this is handled' >&2
echo 'npm ERR! code ELIFECYCLE'
echo 'error: externally-managed-environment'
echo 'Exiting upon user request!'
echo '    Grand total   -       -         -       -           '
printf '\033[31mError: \033[0mexecuted 1 commands\n'
printf 'Error\rok\n'
"""
server.shell(name="Run the tests", commands=[SAYS])
server.shell(name="Say bye", commands=["echo bye"])
