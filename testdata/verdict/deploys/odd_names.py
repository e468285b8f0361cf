"""Operations whose names look like something else; one fails."""

from pyinfra.api import deploy
from pyinfra.operations import server


@deploy("Web | app")
def web():
    server.shell(name="Grand total", commands=["true"])
    server.shell(name='Größe "prüfen" (a, b): 100 %', commands=["echo 'df: /srv: No such file or directory' >&2; exit 1"])


web()
