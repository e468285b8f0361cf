"""Listens on a port of its own choice, and is no SSH server: it says nothing, or hangs up.

usage: no_ssh.py silent|close      (writes the port to stdout, and ends when its stdin does)
"""

import socket
import sys
import threading

server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(50)
print(server.getsockname()[1], flush=True)
kept = []


def serve():
    while True:
        client, _ = server.accept()
        if sys.argv[1] == "close":
            client.close()
        else:
            kept.append(client)


threading.Thread(target=serve, daemon=True).start()
sys.stdin.read()
