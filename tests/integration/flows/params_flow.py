"""A parameter of every kind."""

from metaflow import FlowSpec, IncludeFile, JSONType, Parameter, retry, step


class ParamsFlow(FlowSpec):
    text = Parameter("text", default="plain")
    count = Parameter("count", type=int, required=True)
    ratio = Parameter("ratio", default=0.5)
    flag = Parameter("flag", type=bool, default=False)
    data = Parameter("data", type=JSONType, default='{"a": [1, null]}')
    many = Parameter("many", type=int, multiple=True, default=[1, 2])
    words = Parameter("words", separator=",", default="a,b")
    dashed = Parameter("dash-ed", default="dashed")
    notes = IncludeFile("notes", default="notes.txt")

    @retry(times=2, minutes_between_retries=0)
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        assert self.words == self.words


if __name__ == "__main__":
    ParamsFlow()
