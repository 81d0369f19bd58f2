"""`StepType`: what kind of transition a step has. Data only; any phase, any process."""

from __future__ import annotations

from enum import Enum


class StepType(str, Enum):
    """The kinds of steps, by their names in Metaflow 2.19, as which tools in the wild compare and store them.

    What a kind means for whoever asks is a property of the node: `splits`, `maps`, `branches`, `joins`, `repeats`.
    """

    START = "start"
    LINEAR = "linear"
    SPLIT = "split"
    FOREACH = "foreach"
    SWITCH = "split-switch"
    JOIN = "join"
    END = "end"
    UNKNOWN = "unknown"
    """Its transition could not be read."""

    __str__ = str.__str__
    __repr__ = str.__repr__
