"""A program is started while another thread of threading.Thread is alive."""

from gevent import monkey

monkey.patch_all()

import subprocess
import threading

import gevent

threading.Thread(target=gevent.sleep, args=(0.5,)).start()
gevent.sleep(0.1)
subprocess.run(["true"])
