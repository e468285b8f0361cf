"""Files to and from a machine of OrbStack, plain and with sudo."""

import io

from pyinfra.operations import files

files.put(name="Put", src="deploy.py", dest="/tmp/orbfilter-put", _ignore_errors=True)
files.put(name="Put with sudo", src="deploy.py", dest="/tmp/orbfilter-put2", _sudo=True, _ignore_errors=True)
files.put(name="Put text", src=io.StringIO("x"), dest="/tmp/orbfilter-put3", _ignore_errors=True)
files.get(name="Get", src="/etc/hostname", dest="got", _ignore_errors=True)
files.get(name="Get with sudo", src="/etc/hostname", dest="got", _sudo=True, _ignore_errors=True)
