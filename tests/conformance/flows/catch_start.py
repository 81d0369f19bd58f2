"""A caught start."""

from metaflow import FlowSpec, catch, step


class CatchStartFlow(FlowSpec):
    @catch(var="error", print_exception=False)
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.x = 1
        raise ValueError("from the start")
        self.next(self.a)

    @step
    def a(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "a"]
        self.text = self.error.exception
        self.next(self.end)

    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]


if __name__ == "__main__":
    CatchStartFlow()
