"""The flow that a command is about, loaded or set up, and the store of its runs. LAUNCH phase."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from airflow_provider_flows.cli.common import common, program
from airflow_provider_flows.flow.loading import LoadedFlow, load_flow, read_flow
from airflow_provider_flows.packaging.taken import code_of
from airflow_provider_flows.setup.launch import LaunchedFlow, launch


def loaded() -> LoadedFlow:
    """Return the flow of the file at hand; FlowNotLoadable or InvalidFlow when there is none."""
    with stdout_kept():
        return load_flow(program().file, common().class_name or program().class_name)


def draft() -> LoadedFlow:
    """Return the flow of the file at hand although something in the file is rejected, for `launched` to tell."""
    with stdout_kept():
        return read_flow(program().file, common().class_name or program().class_name)


def launched(flow: LoadedFlow | None = None, **more: Any) -> LaunchedFlow:
    """Return the flow set up; InvalidFlow names all that is wrong with it. `more` is for `launch`."""
    flow = flow or draft()
    with stdout_kept():
        return launch(flow, common().launch, code=code_of(flow), **more)


@contextlib.contextmanager
def stdout_kept() -> Iterator[None]:
    """Send to stderr what a flow file prints while it is imported: its child processes and C libraries included."""
    with contextlib.redirect_stdout(sys.stderr), contextlib.ExitStack() as undo:
        with contextlib.suppress(OSError):  # a closed stream has nothing to keep
            kept = os.dup(1)
            undo.callback(os.close, kept)
            undo.callback(os.dup2, kept, 1)
            if sys.__stdout__ is not None:
                undo.callback(sys.__stdout__.flush)
            os.dup2(2, 1)
        yield
