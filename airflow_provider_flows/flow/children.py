"""Child processes that a flow's code starts from nothing (`spawn`, `forkserver`, loky): they can import its module.


They get `sys.path` and the name of the main program from the process that starts them, and the names of modules from
what is pickled; nothing else goes over, and nothing goes to other programs. TASK phase.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, Iterator

_SHIM = """from airflow_provider_flows.flow.file_import import import_as

import_as(__name__, {path!r})
"""


class _Main(ModuleType):
    """`__main__` as a step sees it: the flow's file, as in Metaflow 2.19.

    It has no file and no spec of its own: by those, each child process would run the flow's file once more.
    """

    def __init__(self, flow: ModuleType | None) -> None:
        super().__init__("__main__")
        self.__dict__["_flow"] = flow

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module '__main__' has no attribute {name!r}")
        return getattr(self.__dict__["_flow"], name)


@contextlib.contextmanager
def flow_as_main(flow_class: type) -> Iterator[None]:
    """Let the flow's module be `__main__` while the block runs, not the program that happens to run it."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = _Main(sys.modules.get(flow_class.__module__))
    try:
        yield
    finally:
        sys.modules["__main__"] = before


def make_importable(name: str, path: Path) -> None:
    """Let child processes import a flow's file by a name that is not its own, as another module has that one.

    The file's folder goes behind the other module on `sys.path`, so that in a child, too, its name means that.
    """
    folder = str(path.parent)
    others = [entry for entry in sys.path if entry != folder]
    hidden = PathFinder.find_spec(path.stem, others)
    places = [*(hidden.submodule_search_locations or ()), hidden.origin] if hidden is not None else []
    behind = [at for at, entry in enumerate(others) if any(os.path.dirname(str(place)) == entry for place in places)]
    if behind:
        sys.path[:] = [*others[: behind[0] + 1], folder, *others[behind[0] + 1 :]]
    import tempfile  # few flows need it, and it takes time

    shims = tempfile.mkdtemp(prefix="flows-")
    atexit.register(_remove, shims, os.getpid())
    Path(shims, f"{name}.py").write_text(_SHIM.format(path=str(path)), encoding="utf-8", errors="surrogateescape")
    sys.path.append(shims)


def _remove(folder: str, process: int) -> None:
    if os.getpid() == process:  # not in a fork, to which what was registered goes over
        import shutil

        shutil.rmtree(folder, ignore_errors=True)
