"""What is waited for does not come; pyinfra calls that a success."""

from pyinfra.operations import server

server.shell(name="Wait", commands=["echo starting"], _retries=1, _retry_delay=0, _retry_until=lambda output: "ready" not in output["stdout_lines"])
