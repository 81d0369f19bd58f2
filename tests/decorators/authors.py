"""Flows whose steps have decorators of their author's own, which note in `self.log` what happens."""

from __future__ import annotations

import textwrap

from tests.flow.sources import two_steps


def decorator(lines: str, name: str = "deco", *, post: str = "", log: bool = True) -> str:
    """Return a step decorator that does `lines`, which yield; with `log` it notes when it begins and ends."""
    label = "" if name == "deco" else f" {name}"
    begin = f"flow.log = [*getattr(flow, 'log', []), 'pre{label}']\n    " if log else ""
    end = post or (f"flow.log.append('post{label}')" if log else "pass")
    head = f"@user_step_decorator\ndef {name}(step_name, flow, inputs=None, attributes=None):\n"
    return f"{head}    {begin}{lines}\n    {end}\n"


def decorated(line: str, above: str = "@deco", step: str = "pass", before: str = "", post: str = "") -> str:
    """Return a flow whose first step has the decorator `deco`, which does `line`."""
    body = f"self.log = [*getattr(self, 'log', []), 'step']\n{textwrap.dedent(step)}"
    return two_steps(body, before or decorator(line, post=post), above)
