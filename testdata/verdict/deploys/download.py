"""A download from a port that nobody listens on."""

from pyinfra.operations import files

files.download(name="Fetch the release", src="http://127.0.0.1:1/app.tar.gz", dest="/tmp/orbfilter-app.tar.gz")
