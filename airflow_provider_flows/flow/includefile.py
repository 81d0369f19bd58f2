"""`IncludeFile`: a parameter that is given as a path, and read by steps as the file's content. All phases."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any, Callable, Iterator, Sequence

from airflow_provider_flows.errors import ParameterError, message_of, words_of
from airflow_provider_flows.flow.default_file import default_file, looked_up_in
from airflow_provider_flows.flow.parameters import Parameter
from airflow_provider_flows.flow.regular_file import Rejected, read_regular, require_regular
from airflow_provider_flows.text import in_short

_UNREADABLE = (OSError, Rejected, ValueError, LookupError)


class IncludeFile(Parameter):
    """A file read when the flow is deployed (its default) or when a run starts (a path given to that run).

    Steps see its content: text decoded with `encoding`, or bytes when `is_text` is false; `parser` turns it into
    something else. A relative default is looked up as `default_file` says.
    """

    metavar = "PATH"

    def __init__(
        self,
        name: str,
        required: bool | None = None,
        is_text: bool | None = True,
        encoding: str | None = "utf-8",
        help: str | None = None,
        parser: Callable[[Any], Any] | str | None = None,
        default: Any = None,
        **options: Any,
    ) -> None:
        default = os.fspath(default) if isinstance(default, os.PathLike) else default
        super().__init__(name, default=default, type=str, help=help, required=required, **options)
        self.is_text = is_text is not False
        self.encoding: Any = encoding or "utf-8"
        self.parser: Any = parser

    def wrong_fields(self) -> Iterator[str]:
        yield from super().wrong_fields()
        if self.multiple or self.is_flag or self.separator:
            yield "an IncludeFile takes one path: leave out multiple=, is_flag= and separator=."
        if not isinstance(self.encoding, str):
            yield f"encoding is the name of an encoding, not {in_short(self.encoding)}."
        if not (self.parser is None or isinstance(self.parser, str) or callable(self.parser)):
            yield f"parser is a function, or 'package.module.function', not {in_short(self.parser)}."

    def wrong_default(self, folder: Path) -> str | None:
        """Return why the file cannot be read that the default names: there is none, or its text is not as said."""
        if not isinstance(self.default, str):
            return f"its default is the path of a file, not {in_short(self.default)}."
        try:
            self._content(self.default, folder)
        except FileNotFoundError:
            return f"there is no file {self.default!r}. {looked_up_in(folder)}"
        except _UNREADABLE as error:
            return f"the file {self.default!r} cannot be read: {_reason(error)}."
        return None

    def typed(self, text: Any) -> Any:
        """Return the path of a file that was named here, absolute; the default's is beside the flow."""
        if text == self.default:
            return text
        file = str(Path(os.path.expanduser(text)).absolute())
        try:
            require_regular(file)
            if self.is_text:
                self._content(file, None)
        except _UNREADABLE as error:
            raise ParameterError(f"the file {text!r} cannot be read: {_reason(error)}.") from None
        return file

    def in_step(self, given: Any, folder: Path | None = None, file_roots: Sequence[Path] | None = None) -> Any:
        """Return the content of the file at the path that was given; ParameterError when it cannot be read.

        A relative path is looked up as `default_file` says; where there are `file_roots`, below `folder` alone. It is a
        regular file, of `regular_file.LARGEST` bytes at most.
        """
        if given is None:
            return None
        name = self.convert(given)
        try:
            content = self._content(name, folder, file_roots)
        except _UNREADABLE as error:
            what = f"Parameter {self.name!r}: the file {name!r} could not be read: {_reason(error)}"
            raise ParameterError(what) from None
        try:
            return content if self.parser is None else _function(self.parser)(content)
        except Exception as error:
            raise ParameterError(
                f"Parameter {self.name!r}: its parser failed on {name!r}: {words_of(error)}"
            ) from error

    def with_typed_default(self, text: str) -> Parameter:
        return self.with_default(text)

    def default_as_json(self) -> Any:
        return self.default

    def files(self, folder: Path) -> dict[str, Path]:
        if not self.default:
            return {}
        place = os.path.expanduser(str(self.default))
        return {os.path.relpath(folder / place, folder): default_file(place, folder).resolve()}

    @property
    def description(self) -> str:
        return f"{self.help.rstrip()} (path of a file)" if self.help else "Path of a file."

    def _content(self, path: str, folder: Path | None, folders: Sequence[Path] | None = None) -> Any:
        home = folder or Path()
        file = default_file(path, home) if folders is None else home / os.path.expanduser(path)
        content = read_regular(str(file), folders)
        return content.decode(self.encoding) if self.is_text else content


def _reason(error: Exception) -> str:
    fix = "; say IncludeFile(…, encoding=…) or is_text=False" if isinstance(error, UnicodeDecodeError) else ""
    return f"{getattr(error, 'strerror', None) or message_of(error)}{fix}"


def _function(parser: Callable[[Any], Any] | str) -> Callable[[Any], Any]:
    """Return the parser; text names it, as in `package.module.function`."""
    if not isinstance(parser, str):
        return parser
    module, _, name = parser.rpartition(".")
    return getattr(import_module(module), name)  # type: ignore[no-any-return]
