"""Set a flow up in this process: its graph, its configurations, its decorators brought to life. LAUNCH and TASK.

`launch.launch` checks a flow for whoever compiles or starts it; `runtime.set_up` makes it ready to run its steps.
"""
