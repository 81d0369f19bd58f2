"""Names with a meaning in every flow: what nothing else can be called, and the keywords of `self.next`. Any phase."""

from __future__ import annotations

OF_EVERY_FLOW = frozenset({"foreach_stack", "index", "input", "merge_artifacts", "name", "next", "script_name"})
NOT_FOR_STEPS = OF_EVERY_FLOW | {"cmd"}
"""What no step can be called, as in Metaflow 2.19."""
NEXT_KEYWORDS = ("foreach", "num_parallel", "condition")
"""What `self.next` takes beside steps."""
