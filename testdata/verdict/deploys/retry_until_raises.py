"""The function that decides whether to try again raises."""

from pyinfra.operations import server

server.shell(name="Wait", commands=["echo starting"], _retries=1, _retry_delay=0, _retry_until=lambda output: output["nope"])
