"""Decorators and mutators: what they are, how they come to steps and flows, and when each of their hooks is called.

Runs in every process that loads a flow; hooks say in `base` whether they run when it is launched or in its tasks.
"""
