"""Packages of conda under the names that they have on the package index. LAUNCH and TASK; data only."""

from __future__ import annotations

from typing import Any

ON_PYPI = {
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "opencv": "opencv-python",
    "py-opencv": "opencv-python",
    "py-xgboost": "xgboost",
    "py-lightgbm": "lightgbm",
    "pytables": "tables",
    "python-graphviz": "graphviz",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "ruamel_yaml": "ruamel.yaml",
    "tensorflow-gpu": "tensorflow",
    "faiss": "faiss-cpu",
    "pyqt": "PyQt5",
    "pillow-simd": "pillow",
    "psycopg2": "psycopg2-binary",
}
"""Those that are called differently; all others keep their names."""

NOT_PYTHON = frozenset(
    {"cudatoolkit", "cudnn", "cuda", "gcc", "gxx", "cmake", "openjdk", "r-base", "nodejs", "mkl", "libgcc", "ffmpeg"}
)
"""Those that are programs or libraries of the system, which no package index has."""


def name_on_pypi(name: str) -> str:
    """Return a package's name without its channel (`conda-forge::pytorch`), as the package index has it."""
    bare = name.rpartition("::")[2].strip()
    return ON_PYPI.get(bare.lower(), bare)


def version_on_pypi(version: Any) -> Any:
    """Return a version as the package index reads it: conda's `=1.2` means any 1.2."""
    text = version.strip() if isinstance(version, str) else version
    if isinstance(text, str) and text.startswith("=") and not text.startswith("=="):
        bare = text[1:].strip()
        return f"=={bare}" if bare.endswith("*") else f"=={bare}.*"
    return text
