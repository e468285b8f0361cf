"""A template that is none."""

from io import StringIO

from pyinfra.operations import files

files.template(name="Render", src=StringIO("{% if %}\n"), dest="/tmp/orbfilter-rendered")
