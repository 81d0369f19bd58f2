"""Three divisions side by side, one of them by zero: it is tried again, then caught, and the flow goes on."""

from airflow_provider_flows import FlowSpec, catch, retry, step


class CatchRetryFlow(FlowSpec):
    """Divide 10 by each of a few numbers, and keep the results of the divisions that worked."""

    @step
    def start(self):
        """Choose the numbers to divide by."""
        self.divisors = [0, 1, 2]
        self.next(self.divide, foreach="divisors")

    @catch(var="divide_fail")
    @retry(times=2, minutes_between_retries=0)
    @step
    def divide(self):
        """Divide 10 by one of the numbers."""
        self.res = 10 / self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        """Leave out the division whose failure was caught."""
        self.results = [division.res for division in inputs if not division.divide_fail]
        print("results", self.results)
        self.next(self.end)

    @step
    def end(self):
        """Say that all is done."""
        print("done!")


if __name__ == "__main__":
    CatchRetryFlow()
