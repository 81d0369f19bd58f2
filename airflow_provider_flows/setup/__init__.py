"""Set a flow up in this process: its graph, its configurations, its decorators brought to life. LAUNCH and TASK.

`launch.launch` checks a flow before it is compiled or started; `runtime.set_up` makes it ready to run its steps.
"""
