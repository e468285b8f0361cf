"""The ProxyCommand ends by itself while nobody waits for the connection any more."""

import time

import paramiko

transport = paramiko.Transport(paramiko.ProxyCommand("sleep 1"))
try:
    transport.start_client(timeout=0.2)
except Exception as e:
    print(type(e).__name__)
transport.sock.process.wait()
