"""Decorators and mutators that the twin flows share; written for Metaflow."""

from metaflow import FlowMutator, Parameter, StepMutator, UserStepDecorator, current, user_step_decorator


def note(flow, text):
    flow.log = [*getattr(flow, "log", []), text]


@user_step_decorator
def plain(step_name, flow, inputs=None, attributes=None):
    note(flow, f"begin {step_name} {sorted(attributes.items())} {current.retry_count}")
    sent = yield
    note(flow, f"end {step_name} {sent}")


@user_step_decorator
def outer(step_name, flow, inputs=None):
    note(flow, "outer begins")
    try:
        yield
    finally:
        note(flow, "outer ends")


@user_step_decorator
def skip(step_name, flow, inputs=None, attributes=None):
    note(flow, "skip")
    for name, value in attributes.get("set", {}).items():
        setattr(flow, name, value)
    yield attributes.get("next", {})


@user_step_decorator
def replace(step_name, flow, inputs=None, attributes=None):
    def instead(self, inputs=None):
        note(self, f"instead {inputs and [each.v for each in inputs]}")
        return attributes["answer"]

    yield instead


@user_step_decorator
def swallow(step_name, flow, inputs=None, attributes=None):
    try:
        yield
    except Exception as error:
        note(flow, f"swallowed {type(error).__name__}")
        return attributes.get("answer")


@user_step_decorator
def never(step_name, flow, inputs=None, attributes=None):
    if attributes is None:
        yield


@user_step_decorator
def twice(step_name, flow, inputs=None):
    yield
    yield


@user_step_decorator
def early(step_name, flow, inputs=None):
    raise ValueError("early")
    yield


@user_step_decorator
def late(step_name, flow, inputs=None):
    yield
    raise KeyError("late")


class Classy(UserStepDecorator):
    def init(self, mode="run"):
        self.mode = mode

    def pre_step(self, step_name, flow, inputs=None):
        note(flow, f"pre {self.mode}")
        if self.mode == "skip":
            self.skip_step = True
        if self.mode == "instead":
            return lambda flow: note(flow, "instead") or True
        return None

    def post_step(self, step_name, flow, exception=None):
        note(flow, f"post {type(exception).__name__}")
        return None if self.mode in ("skip", "instead") else (None, {})


class Skipper(UserStepDecorator):
    def pre_step(self, step_name, flow, inputs=None):
        self.skip_step = True


class Retrier(StepMutator):
    def init(self, times, policy=1):
        self.times, self.policy = times, policy

    def mutate(self, mutable_step):
        attributes = {"times": self.times, "minutes_between_retries": 0}
        mutable_step.add_decorator("retry", deco_kwargs=attributes, duplicates=self.policy)


class Remover(StepMutator):
    def pre_mutate(self, mutable_step):
        mutable_step.remove_decorator("retry")


class Whole(FlowMutator):
    def init(self, extra):
        self.extra = extra

    def pre_mutate(self, mutable_flow):
        mutable_flow.add_parameter("extra", Parameter("extra", default=self.extra))
        mutable_flow.remove_parameter("gone")

    def mutate(self, mutable_flow):
        for name, mutable_step in mutable_flow.steps:
            if name == "end":
                mutable_step.add_decorator(plain, deco_kwargs={"by": "mutator"})
