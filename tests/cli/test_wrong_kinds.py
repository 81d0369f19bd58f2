"""What a flow declares wrongly is one error at its line, whatever kind of thing it is."""

from __future__ import annotations

from tests.cli.laptop import Laptop

MISSING = """
from metaflow import Config, FlowSpec, Parameter, config_expr, step
class F(FlowSpec):
    cfg = Config("cfg", default_value={"a": 1})
    p = Parameter("p", default=config_expr("cfg.missing"))
    @step
    def start(self): self.next(self.end)
    @step
    def end(self): pass
"""
HANDS_ON = """
from metaflow import FlowSpec, step
class HandsOn:
    def __init__(self, function): self._function = function
    def __getattr__(self, name): return getattr(self._function, name)
    def __call__(self, *arguments): return self._function(*arguments)
class F(FlowSpec):
    @HandsOn
    @step
    def start(self): self.next(self.end)
    @step
    def end(self): pass
"""


def test_a_parameter_that_asks_for_what_a_configuration_has_not_is_named_with_its_line(laptop: Laptop) -> None:
    laptop.write(MISSING)
    for command in ("check", "run", "compile"):
        assert "cannot be evaluated" in laptop.rejected(command) and ".py:5: " in laptop.rejected(command)


def test_an_object_that_only_hands_on_what_a_step_has_is_no_step_of_ours(laptop: Laptop) -> None:
    laptop.write(HANDS_ON)
    for command in ("check", "run", "compile"):
        assert "has no source text" in laptop.rejected(command)
