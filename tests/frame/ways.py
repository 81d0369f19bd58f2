"""Compile ways_flow.py and run it with `dag.test()`, and note which of the package's files are entered, in order.

`python -m tests.frame.ways FOLDER` prints a JSON object: for each phase, by its name in docs/design.md, the
files in the order in which they are first entered.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import FrameType
from typing import Any

import airflow_provider_flows
from airflow_provider_flows.compiler.compile import compile_flow

from tests.support.options import compile_options

PACKAGE = f"{Path(airflow_provider_flows.__file__).parent}/"
FLOW = Path(__file__).with_name("ways_flow.py")
STEPS = ("start", "make", "split", "each", "join", "end")


class Trace:
    """The phases of a compile and a run, and for each the files that its function calls enter."""

    def __init__(self) -> None:
        self.phases: dict[str, list[str]] = {}
        self._entered: list[str] = []

    def begin(self, phase: str) -> None:
        """Begin a phase; of several with one name, such as the items of a foreach, the first counts."""
        self._entered = []
        self.phases.setdefault(phase, self._entered)

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_flags & CO_OPTIMIZED:  # bodies of modules and classes are not functions
            return
        file = code.co_filename
        if file.startswith(PACKAGE):
            name = file[len(PACKAGE) :]
            if (name, code.co_name) == ("operators/step_operator.py", "execute"):
                step = frame.f_locals["self"].task_id.rpartition(".")[2]
                self.begin(f"before the body of `{step}`")
            if name not in self._entered:
                self._entered.append(name)
        elif file.endswith(FLOW.name) and code.co_name in STEPS:
            self.begin(f"from the body of `{code.co_name}` on")


def main(folder: Path) -> None:
    trace = Trace()
    trace.begin("while the flow is compiled")
    sys.setprofile(trace)
    compiled = compile_flow(compile_options(FLOW))
    sys.setprofile(None)
    file = folder / "ways.py"
    file.write_text(compiled.text)
    spec = importlib.util.spec_from_file_location("ways", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    threading.setprofile(trace)
    sys.setprofile(trace)
    run = module.dag.test()
    sys.setprofile(None)
    assert str(run.state) == "success", run.state
    print(json.dumps(trace.phases))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
