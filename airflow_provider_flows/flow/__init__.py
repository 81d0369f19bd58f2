"""What a flow's author writes, `FlowSpec`, `step`, `Parameter`, `Config`, `current`, and how such a file is loaded.

Runs in every process that loads a flow: a command line, a worker, a child of the fork server.
"""
