"""Steps that fail in several ways, and what of it Airflow shows."""

import seen_help
from metaflow import FlowSpec, catch, current, retry, step


class SeenFlow(FlowSpec):
    @step
    def start(self):
        self.divisors = [0, 2]
        self.next(self.divide, foreach="divisors")

    @catch(var="failure", print_exception=False)
    @step
    def divide(self):
        self.password = "hunter2 {{ 1 + 1 }}"
        self.result = 10 / self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        setattr(self, "{{ raise }}", [1])
        self.next(self.parts)

    @step
    def parts(self):
        self.next(self.chain, self.again)

    @step
    def chain(self):
        print("about to fail")
        try:
            seen_help.deep(1)
        except ZeroDivisionError as error:
            raise LookupError("outer\nand more") from error
        self.next(self.last)

    @retry(times=1, minutes_between_retries=0)
    @step
    def again(self):
        if current.retry_count == 0:
            raise KeyError("first try")
        self.next(self.last)

    @catch
    @step
    def last(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    SeenFlow()
