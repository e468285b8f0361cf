"""The host talks of success, and fails."""

from pyinfra.operations import server

SAYS = r"""
echo 'Success'
echo '--> Results:'
echo '    Grand total   1       1         -       -           '
echo '    [@local] Success'
exit 1
"""
server.shell(name="Run the tests", commands=[SAYS])
