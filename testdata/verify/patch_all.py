"""What the first lines of pyinfra's command do."""

from gevent import monkey

monkey.patch_all()
