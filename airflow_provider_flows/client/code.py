"""FlowCode: the sources that a run was started with. Any process; read only."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ContextManager, Mapping

from airflow_provider_flows.client.runinfo import RunInfo
from airflow_provider_flows.errors import NotFound, ObjectDamaged
from airflow_provider_flows.identity import code_digest
from airflow_provider_flows.packaging.writing import write_files
from airflow_provider_flows.store import Store


class FlowCode:
    """`run.code`, `task.code`: the flow file and what was packaged with it, read when it is asked for."""

    def __init__(self, store: Store, flow: str, digest: str, entry: str | None) -> None:
        self._store, self._flow, self._entry = store, flow, entry
        self.digest = digest
        self._files: Mapping[str, str | bytes] | None = None

    @classmethod
    def of(cls, store: Store, flow: str, info: RunInfo, digest: str | None) -> FlowCode | None:
        """Return the sources of this digest that a run kept; None without a digest."""
        return None if digest is None else cls(store, flow, digest, info.entries.get(digest))

    @property
    def files(self) -> Mapping[str, str | bytes]:
        """The files by relative path, those that are UTF-8 as text; ObjectMissing, ObjectDamaged."""
        if self._files is None:
            found = self._store.get_code(self._flow, self.digest)
            if code_digest(found) != self.digest:
                raise ObjectDamaged(f"The sources stored under {self.digest} do not match it.")
            self._files = found
        return self._files

    @property
    def flowspec(self) -> str:
        """The source of the flow file."""
        source = self.files.get(self.script_name)
        if source is None:
            raise NotFound(f"{self!r} does not hold the flow file; there are {', '.join(self.files)}")
        return source if isinstance(source, str) else source.decode("utf-8", "replace")

    @property
    def script_name(self) -> str:
        """The flow file's path among the files; NotFound when the run's record does not say it."""
        if self._entry is None:
            raise NotFound(f"The run's record does not say which file of {self!r} is the flow's")
        return self._entry

    def extract(self, folder: str | None = None) -> ContextManager[str]:
        """Write the files below `folder`, which is made if need be, and return it as a context manager.

        Without `folder`, they go into a temporary one that is removed with the TemporaryDirectory that is returned.
        CodeMismatch, and nothing is written, when a path leads out of the folder.
        """
        made = TemporaryDirectory() if folder is None else nullcontext(folder)
        write_files(Path(made.name if isinstance(made, TemporaryDirectory) else folder or ""), self.files)
        return made

    def __repr__(self) -> str:
        return f"<FlowCode: {self._entry or self._flow}, {self.digest}>"
