"""Flows with decorators that genuine Metaflow and this package both run, each with its decorator strings."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

HELPERS = Path(__file__).parent / "deco.py"


@dataclass(frozen=True)
class Twin:
    """`differs` says which quirk of Metaflow is fixed here, where the runs are not the same."""

    name: str
    body: str
    specs: tuple[str, ...] = ()
    differs: str = ""
    quick: bool = False

    @property
    def source(self) -> str:
        """The flow's file: each `def` without an indent is a step."""
        body = textwrap.dedent(self.body).strip().replace("\ndef ", "\n@step\ndef ")
        above, _, rest = body.partition("---\n")
        above, rest = (above, rest) if rest else ("", body)
        names = "FlowSpec, Parameter, Config, config_expr, catch, current, environment, retry, step"
        lines = [
            f"from metaflow import {names}",
            "from deco import *",
            "",
            *above.splitlines(),
            f"class {self.class_name}(FlowSpec):",
            textwrap.indent(rest, "    "),
            'if __name__ == "__main__":',
            f"    {self.class_name}()",
        ]
        return "\n".join([*lines, ""])

    @property
    def class_name(self) -> str:
        return "".join(part.capitalize() for part in self.name.split("_")) + "Flow"

    def write(self, folder: Path) -> Path:
        """Write the flow and its helpers into a folder of their own."""
        folder.mkdir(parents=True)
        (folder / "deco.py").write_text(HELPERS.read_text())
        file = folder / f"{self.name}.py"
        file.write_text(self.source)
        return file


TWINS = (
    Twin("rows", """
@plain(a=1)
def start(self):
    note(self, "start")
    self.next(self.skipped)
@skip(set={"v": 7})
def skipped(self): self.next(self.replaced)
@replace(answer=True)
def replaced(self): self.next(self.swallowed)
@swallow
def swallowed(self):
    raise ValueError
    self.next(self.by_class)
@Classy(mode="skip")
def by_class(self): self.next(self.instead)
@Classy(mode="instead")
def instead(self): self.next(self.end)
@skip
def end(self): raise ValueError
""", quick=True),
    Twin("splits", """
@skip(set={"xs": [1, 2], "ys": "abc"}, next={"foreach": "ys"})
def start(self): self.next(self.body, foreach="xs")
def body(self):
    self.v = self.input
    self.next(self.join)
@replace(answer={})
@plain
def join(self, inputs):
    self.next(self.end)
def end(self): pass
""", differs="a replacement that returns {} calls next itself, or else leaves it to us"),
    Twin("order", """
@outer
@plain(a=1)
@retry(times=1, minutes_between_retries=0)
def start(self):
    note(self, "start")
    assert current.retry_count
    self.next(self.end)
def end(self): pass
""", ("deco.swallow", "deco.plain:b=x,c=1.5"), quick=True),
    Twin("mutated", """
@Whole("more")
---
config = Config("config", default_value={"n": 2, "sub": {"name": "x"}})
gone = Parameter("gone", default=1)
p = Parameter("p", default=config.n)
@Retrier(2)
@plain(**config.sub)
@environment(vars={"TWIN": config_expr("config.sub.name * config.n")})
def start(self):
    import os
    self.seen = (os.environ.get("TWIN"), self.config.sub.name, self.p, self.extra, hasattr(self, "gone"))
    assert current.retry_count == 2
    self.next(self.kept)
@Retrier(0)
@retry(times=1, minutes_between_retries=0)
def kept(self):
    self.tries = current.retry_count
    assert current.retry_count == 1
    self.next(self.end)
def end(self): pass
""", quick=True),
    Twin("overridden", """
@Retrier(1, 3)
@retry(times=0)
def start(self):
    assert current.retry_count == 1
    self.next(self.end)
@Remover
@retry(times=2)
@catch(var="oops")
def end(self):
    raise ValueError("never again")
"""),
    Twin("caught", """
@catch(var="oops")
@plain
def start(self):
    raise ValueError("broken")
    self.next(self.swallowed)
@swallow
@catch(var="other")
def swallowed(self):
    raise ValueError("swallowed")
    self.next(self.worse)
@catch(var="third")
@late
def worse(self): self.next(self.end)
def end(self): pass
"""),
    Twin("answers", """
@swallow(answer=(None, {}))
def start(self):
    self.xs = [1]
    raise ValueError
    self.next(self.body, foreach="xs")
@swallow(answer=(None, True))
def body(self):
    raise ValueError
    self.next(self.join)
@outer
@late
def join(self, inputs): self.next(self.end)
def end(self): pass
"""),
    Twin("never", "@outer\n@never\ndef start(self): self.next(self.end)\ndef end(self): pass",
         differs="an outer decorator gets its second half when an inner one never yields"),
    Twin("twice", "@outer\n@twice\ndef start(self): self.next(self.end)\ndef end(self): pass",
         differs="an outer decorator gets its second half when an inner one yields twice"),
    Twin("early", "@outer\n@early\ndef start(self): self.next(self.end)\ndef end(self): pass",
         differs="an outer decorator gets its second half when an inner one fails early"),
    Twin("skipper", "@Skipper\ndef start(self): self.next(self.end)\ndef end(self): pass",
         differs="skip_step works with the default post_step"),
    Twin("switch", """
@skip(set={"way": "b"})
def start(self): self.next({"a": self.a, "b": self.b}, condition="way")
def a(self): self.next(self.end)
def b(self): self.next(self.end)
def end(self): pass
""", differs="a skipped switch goes where its condition says"),
    Twin("given", """
def start(self):
    assert current.retry_count == 1
    self.next(self.end)
def end(self): pass
""", ("deco.Retrier:times=1",), differs="a StepMutator given as a string has its init called"),
)  # fmt: skip
