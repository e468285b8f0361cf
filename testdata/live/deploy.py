"""Three operations, as most deploys begin: a command, a folder, a line. Works below ORBFILTER_LIVE only."""

import os
import tempfile

from pyinfra import host
from pyinfra.operations import files, server

root = os.environ.get("ORBFILTER_LIVE") or os.path.join(tempfile.gettempdir(), "orbfilter-live")
home = os.path.join(root, host.name.lstrip("@"))

server.shell(name="Say hi", commands=["echo hi"])
files.directory(name="Ensure dir", path=home)
files.line(name="Line", path=os.path.join(home, "motd"), line="welcome", ensure_newline=True)
