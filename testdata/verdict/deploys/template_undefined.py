"""A template uses a variable that is not defined."""

from io import StringIO

from pyinfra.operations import files

files.template(name="Render", src=StringIO("listen {{ port }};\n"), dest="/tmp/orbfilter-rendered")
