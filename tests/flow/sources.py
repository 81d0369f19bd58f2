"""Flow files from the text of their class bodies: each `def` without an indent is a step."""

from __future__ import annotations

import re
import textwrap

HEAD = "from airflow_provider_flows import *\n"


def flow(body: str, before: str = "", above: str = "") -> str:
    """Return a flow file whose class holds `body`; `before` stands before the class, `above` directly above it."""
    lines: list[str] = []
    for line in textwrap.dedent(body).strip("\n").split("\n"):
        if re.match(r"def \w+\(self", line) and not (lines and lines[-1].startswith(("@step", "@property"))):
            lines.append("@step")
        lines.append(line)
    parts = [HEAD, textwrap.dedent(before).strip("\n"), "", textwrap.dedent(above).strip("\n"), "class F(FlowSpec):"]
    return "\n".join([*parts, textwrap.indent("\n".join(lines), "    "), ""])


def two_steps(body: str, before: str = "", start: str = "") -> str:
    """Return a flow of `start`, which runs `body`, and `end`; `start` is written above the step."""
    step = f"def start(self):\n{textwrap.indent(textwrap.dedent(body).strip(chr(10)), '    ')}\n    self.next(self.end)"
    decorators = textwrap.dedent(start).strip("\n")
    text = f"{decorators}\n@step\n{step}" if decorators else step
    return flow(f"{text}\ndef end(self): pass", before)
