"""Draws what a terminal shows as SVG: docs/picture/before.svg and after.svg, for the README.

usage: picture.py --columns N --rows N [--replace OLD=NEW]... TITLE COMMAND-LINE RECORDED SVG

RECORDED is what record.py (in testdata/live) has written: the bytes that the terminal got. A terminal emulator (pyte)
reads them and knows what is on the screen at the end; Rich draws that. Nothing is written by hand, but paths of the
machine are replaced.
"""

import argparse
import io
import re

import pyte
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

# As Rich has it, without the font that it loads from elsewhere.
FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="@TITLE@">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: system-ui, sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""

THEME = TerminalTheme(
    (24, 24, 27), (228, 228, 231),
    [(63, 63, 70), (248, 113, 113), (74, 222, 128), (250, 204, 21), (96, 165, 250), (232, 121, 249), (34, 211, 238), (212, 212, 216)],
    [(113, 113, 122), (252, 165, 165), (134, 239, 172), (253, 224, 71), (147, 197, 253), (240, 171, 252), (103, 232, 249), (250, 250, 250)],
)  # fmt: skip

# What pyte calls some colours, and what Rich does.
NAMES = {"brown": "yellow"}


def style(char):
    def colour(name):
        if name == "default":
            return None
        if re.fullmatch("[0-9a-f]{6}", name):
            return "#" + name
        return NAMES.get(name, name.replace("bright", "bright_"))

    return Style(color=colour(char.fg), bgcolor=colour(char.bg), bold=char.bold, underline=char.underscore, reverse=char.reverse)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--replace", action="append", default=[])
    for name in "title", "command", "recorded", "svg":
        parser.add_argument(name)
    args = parser.parse_args()

    with open(args.recorded, "rb") as file:
        data = file.read()
    for pair in args.replace:
        old, new = pair.encode().split(b"=", 1)
        data = data.replace(old, new)
    screen = pyte.Screen(args.columns, args.rows)
    pyte.ByteStream(screen).feed(b"$ " + args.command.encode() + b"\r\n" + data + b"$ ")

    console = Console(width=args.columns, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for row in range(args.rows):
        line = Text()
        for column in range(args.columns):
            char = screen.buffer[row][column]
            line.append(char.data, style(char))
        line.rstrip()
        console.print(line, soft_wrap=True)
    svg = console.export_svg(title=args.title, theme=THEME, code_format=FORMAT.replace("@TITLE@", args.title), unique_id="t")
    with open(args.svg, "w") as file:
        file.write("\n".join(line.rstrip() for line in svg.splitlines()) + "\n")


main()
