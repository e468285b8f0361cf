"""A template file that is not there."""

from pyinfra.operations import files

files.template(name="Render", src="nope.j2", dest="/tmp/orbfilter-rendered")
