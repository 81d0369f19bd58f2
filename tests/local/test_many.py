"""Many tasks at once: nobody waits for somebody who waits for them."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator

import pytest

from tests.local.conftest import Finished

WIDE = """
    from airflow_provider_flows import FlowSpec, step

    class Wide(FlowSpec):
        @step
        def start(self):
            self.items = list(range(300))
            self.next(self.body, foreach="items")

        @step
        def body(self):
            self.next(self.join)

        @step
        def join(self, inputs):
            self.count = len(inputs)
            self.next(self.end)

        @step
        def end(self):
            pass
"""


@pytest.fixture
def few_open_files() -> Iterator[None]:
    """Let what is started here open as few files as a shell on macOS allows, unless it asks for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("few_open_files")
def test_hundreds_of_tasks_may_run_at_once(flows: Callable[..., Finished]) -> None:
    done = flows(WIDE, "--max-workers", "300", "--max-num-splits", "300", "--quiet")
    assert done.code == 0, done.output
    assert done("end", "count") == 300
