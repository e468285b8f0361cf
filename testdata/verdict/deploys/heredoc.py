"""A command of several lines, which -vv prints as they are: they look like pyinfra's own, and nothing fails."""

from pyinfra.operations import server

server.shell(
    name="Write the manual",
    commands=["""cat >/dev/null <<'END'
If a deploy ends like this, call the team:

--> Disconnecting from hosts...
--> pyinfra error: No hosts remaining!
    [@local] Error: executed 0 commands
Traceback (most recent call last):
ValueError: an example
END
"""],
)
server.shell(name="Say bye", commands=["echo bye"])
