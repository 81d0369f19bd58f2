"""A DAG bundle with versions, as Git bundles have, of nothing but folders. Any process of Airflow's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.base import BaseDagBundle


class FoldersBundle(BaseDagBundle):
    """Each folder in `root` is a version of the DAGs; the file `CURRENT` names the one that counts."""

    supports_versioning = True

    def __init__(self, *, root: str, **options: Any) -> None:
        super().__init__(**options)
        self._root = Path(root)

    @property
    def path(self) -> Path:
        return self._root / (self.version or self.get_current_version())

    def get_current_version(self) -> str:
        return (self._root / "CURRENT").read_text()

    def refresh(self) -> None:
        pass
