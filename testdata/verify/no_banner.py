"""Somebody answers on the port, and hangs up."""

import socket
import threading

import paramiko

server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
try:
    paramiko.Transport(server.getsockname()).start_client(timeout=10)
except Exception as e:
    print(type(e).__name__)
