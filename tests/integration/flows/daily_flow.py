"""A scheduled flow."""

from metaflow import FlowSpec, current, schedule, step


@schedule(daily=True)
class DailyFlow(FlowSpec):
    @step
    def start(self):
        self.run_id = current.run_id
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    DailyFlow()
