"""Many tasks at once: nobody waits for somebody who waits for them."""

from __future__ import annotations

from collections.abc import Callable

from tests.local.conftest import Finished

WIDE = """
    from airflow_provider_flows import FlowSpec, step

    class Wide(FlowSpec):
        @step
        def start(self):
            self.items = list(range(400))
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


def test_hundreds_of_tasks_may_run_at_once(flows: Callable[..., Finished]) -> None:
    done = flows(WIDE, "--max-workers", "400", "--max-num-splits", "400", "--quiet")
    assert done.code == 0, done.output
    assert done("end", "count") == 400
