"""Names that every flow has, so that nothing in it can be called so: steps, artifacts, parameters. Any phase."""

from __future__ import annotations

OF_EVERY_FLOW = frozenset({"foreach_stack", "index", "input", "merge_artifacts", "name", "next", "script_name"})
NOT_FOR_STEPS = OF_EVERY_FLOW | {"cmd"}
"""What no step can be called, as in Metaflow 2.19."""
