"""A caught end."""

from metaflow import FlowSpec, catch, step


class CatchEndFlow(FlowSpec):
    @step
    def start(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = ["start"]
        self.next(self.end)

    @catch(var="error", print_exception=False)
    @step
    def end(self):
        self.at = (self.index, self.input, self.foreach_stack())
        self.trail = [*self.trail, "end"]
        raise ValueError("at the end")


if __name__ == "__main__":
    CatchEndFlow()
