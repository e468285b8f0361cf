"""An inventory of hosts that are all this very machine, over SSH.

ORBFILTER_SSH_HOSTS says how many (default 1), ORBFILTER_SSH_PORT, ORBFILTER_SSH_USER and ORBFILTER_SSH_KEY how to reach them.
"""

import os

env = os.environ
ssh = {
    "ssh_hostname": "127.0.0.1",
    "ssh_port": int(env["ORBFILTER_SSH_PORT"]),
    "ssh_user": env.get("ORBFILTER_SSH_USER", "root"),
    "ssh_key": env["ORBFILTER_SSH_KEY"],
}
hosts = [("h%d" % n, ssh) for n in range(1, int(env.get("ORBFILTER_SSH_HOSTS", "1")) + 1)]
