"""Operations in a loop; the second of them fails."""

from pyinfra.operations import server

for name in ("a", "b", "c"):
    server.shell(name="Start %s" % name, commands=["exit 5" if name == "b" else "true"])
