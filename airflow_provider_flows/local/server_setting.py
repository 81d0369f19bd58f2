"""What a fork server is started with. LAUNCH phase makes it; the server and its children read it. JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airflow_provider_flows.setup.flow_setup import FlowSetup


@dataclass(frozen=True)
class ServerSetting:
    """The flow that the server's children set up, and what the server imports for all of them.

    `modules` are what the flow's own modules import, `path` is `sys.path` without the flow's folder,
    None in an environment that has its own. Local code comes
    from below `only_from` alone, where that is given. `max_num_splits` is how many items a foreach may have.
    """

    flow: FlowSetup
    modules: Sequence[str]
    path: Sequence[str] | None
    only_from: Path | None
    max_num_splits: int

    def to_json(self) -> dict[str, Any]:
        only_from = None if self.only_from is None else str(self.only_from)
        return {**self.__dict__, "flow": self.flow.to_json(), "only_from": only_from}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ServerSetting:
        """Read what `to_json` made."""
        only_from = None if data["only_from"] is None else Path(data["only_from"])
        return cls(**{**data, "flow": FlowSetup.from_json(data["flow"]), "only_from": only_from})
