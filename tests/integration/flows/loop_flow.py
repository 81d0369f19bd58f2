"""A recursive step whose third round fails once."""

from metaflow import FlowSpec, current, retry, step


class LoopFlow(FlowSpec):
    @step
    def start(self):
        self.rounds = []
        self.next(self.loop)

    @retry(times=1, minutes_between_retries=0)
    @step
    def loop(self):
        self.rounds = [*self.rounds, current.retry_count]
        if len(self.rounds) == 3 and current.retry_count == 0:
            raise ValueError("the third round fails once")
        self.again = "yes" if len(self.rounds) < 4 else "no"
        self.next({"yes": self.loop, "no": self.end}, condition="again")

    @step
    def end(self):
        pass


if __name__ == "__main__":
    LoopFlow()
