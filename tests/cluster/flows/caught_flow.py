"""A step that takes a while and whose failure is caught, its death with its worker included."""

import time

from airflow_provider_flows import FlowSpec, Parameter, catch, step


class CaughtFlow(FlowSpec):
    """Wait, and go on whatever happens."""

    seconds = Parameter("seconds", default=600.0, help="How long the first try takes.")

    @step
    def start(self):
        self.next(self.work)

    @catch(var="problem")
    @step
    def work(self):
        print("waiting")
        time.sleep(self.seconds)
        self.next(self.end)

    @step
    def end(self):
        self.seen = str(self.problem)


if __name__ == "__main__":
    CaughtFlow()
