"""Items side by side on several workers, each tried again where its worker dies."""

import os
import time

from airflow_provider_flows import FlowSpec, Parameter, retry, step


class WideFlow(FlowSpec):
    """Square each of a few numbers, slowly."""

    width = Parameter("width", default=12, help="How many numbers.")
    seconds = Parameter("seconds", default=1.0, help="How long each takes.")

    @step
    def start(self):
        """Choose the numbers."""
        self.numbers = list(range(self.width))
        self.next(self.work, foreach="numbers")

    @retry(times=3, minutes_between_retries=0)
    @step
    def work(self):
        """Square one of them."""
        print("working on", self.input)
        time.sleep(self.seconds)
        self.square = self.input**2
        self.worker = os.path.basename(os.environ["AIRFLOW_HOME"])
        self.next(self.join)

    @step
    def join(self, inputs):
        """Collect the squares, and say who worked."""
        self.squares = [each.square for each in inputs]
        self.workers = sorted({each.worker for each in inputs})
        self.next(self.end)

    @step
    def end(self):
        """Say that all is done."""
        print("squares:", self.squares)


if __name__ == "__main__":
    WideFlow()
