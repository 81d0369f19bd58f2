"""A module beside a flow, in which a step fails."""


def deep(x):
    return x / 0
