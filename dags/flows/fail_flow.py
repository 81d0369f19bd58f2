"""A step that fails, and a decorator that asks a language model why."""

import math

from ai_debug import ai_debug
from airflow_provider_flows import FlowSpec, step


class FailFlow(FlowSpec):
    """Take square roots until there is none left to take. Set OPENAI_API_KEY to be told what went wrong."""

    @ai_debug
    @step
    def start(self):
        """Count down from 3, one too far."""
        x = 3
        for i in range(5):
            math.sqrt(x - i)
        self.next(self.end)

    @step
    def end(self):
        """Never reached."""


if __name__ == "__main__":
    FailFlow()
