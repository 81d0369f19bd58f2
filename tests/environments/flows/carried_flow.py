"""An artifact whose class exists in one environment alone is carried through steps that do not have it."""

from metaflow import FlowSpec, pypi, step


class CarriedFlow(FlowSpec):
    @pypi(packages={"toolz": "0.12.0"})
    @step
    def start(self):
        import toolz

        self.function = toolz.curry(max)
        self.next(self.middle)

    @step
    def middle(self):
        try:
            self.said = repr(self.function)
        except ModuleNotFoundError as error:
            self.said = str(error)
        self.next(self.again)

    @pypi(packages={"toolz": "0.12.0"})
    @step
    def again(self):
        self.greatest = self.function(1)(7)
        self.next(self.end)

    @step
    def end(self):
        self.function = None


if __name__ == "__main__":
    CarriedFlow()
