"""pyinfra is loaded in a thread that is not the main one: gevent warns."""

import threading


def load():
    import pyinfra_cli


t = threading.Thread(target=load)
t.start()
t.join()
