"""Hosts over SSH, all of them this very machine; PORTS and USERS of some are wrong, if the environment says so."""

import os

env = os.environ
bad = env.get("BAD", "").split()


def at(name):
    data = {"ssh_hostname": "127.0.0.1", "ssh_port": int(env["ORBFILTER_SSH_PORT"]), "ssh_user": env["ORBFILTER_SSH_USER"], "ssh_key": env["ORBFILTER_SSH_KEY"]}
    if name in bad:
        data.update(
            {
                "refused": {"ssh_port": 1},
                "user": {"ssh_user": "nobody-here"},
                "name": {"ssh_hostname": "db.invalid"},
                "key": {"ssh_key": "/nope/id_ed25519"},
                "type": {"ssh_port": "twenty-two"},
            }[env["HOW"]]
        )
    return (name, data)


hosts = [at(name) for name in env.get("NAMES", "h1 h2 h3").split()]
