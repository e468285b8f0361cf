"""ssl is imported by name before pyinfra lets gevent patch it, as by a wrapper that uses requests: gevent warns."""

from ssl import SSLContext

import pyinfra_cli
