"""The digest of a step's code: the syntax trees of its modules and of all they import of this project.

Imports are read from the source, nothing is executed, so a module that is imported by name at run time is not
followed. Beside its modules a package's other files count (templates, styles), since its code reads them.
Code that is imported from an archive, as on a cluster, has the digest that it has when it is unpacked.
"""

import ast
import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TypeAlias

from domain.errors import ConfigurationError
from domain.snapshot import digest_of
from ports.code_identity import CodeIdentity

Place: TypeAlias = Path | zipfile.Path

_ROOT = Path(__file__).parents[2]  # `src` in a checkout, `site-packages` when installed, maybe an archive
PACKAGES = ("domain", "ports", "application", "adapters")
_REINSTALL = "Install the project again."


class CodeDigest(CodeIdentity):
    """Digests of the code as it is on the disk; every file is read once in the life of this object.

    Args:
        root: directory or archive that holds the project's packages.
        packages: names of the project's own packages; imports of others are not followed.
    """

    def __init__(self, root: Path = _ROOT, packages: Sequence[str] = PACKAGES) -> None:
        self._root: Place = zipfile.Path(root) if root.is_file() else root
        self._packages = frozenset(packages)
        self._sources: dict[str, _Source | None] = {}
        self._digests: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}

    def digest(self, modules: Sequence[str], distributions: Sequence[str]) -> str:
        """As the port says."""
        asked = tuple(modules), tuple(distributions)
        if asked not in self._digests:
            whole = [name for name in modules if ":" not in name]
            code = {name: self._existing(name).digest for name in sorted(self.closure(whole))}
            code |= {name: self._function(name) for name in sorted(set(modules) - set(whole))}
            self._digests[asked] = digest_of(
                {"code": code, "versions": {d: _version(d) for d in sorted(distributions)}}
            )
        return self._digests[asked]

    def closure(self, modules: Sequence[str]) -> frozenset[str]:
        """Names of the modules and of all the project's modules that they import, directly or not."""
        found: set[str] = set()
        waiting = list(modules)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(i for i in self._existing(name).imports if self._source(i) is not None)
        return frozenset(found)

    def _function(self, name: str) -> str:
        module, _, function = name.partition(":")
        digest = self._existing(module).digest_of_function(function)
        if digest is None:
            raise ConfigurationError(f"There is no function '{function}' in the module '{module}'.", _REINSTALL)
        return digest

    def _existing(self, name: str) -> "_Source":
        source = self._source(name)
        if source is None:
            raise ConfigurationError(f"There is no module '{name}' in {self._root}.", _REINSTALL)
        return source

    def _source(self, name: str) -> "_Source | None":
        if name not in self._sources:
            self._sources[name] = self._locate(name)
        return self._sources[name]

    def _locate(self, name: str) -> "_Source | None":
        if name.split(".", maxsplit=1)[0] not in self._packages:
            return None
        *packages, module = name.split(".")
        folder = self._root.joinpath(*packages)
        if (folder / f"{module}.py").is_file():
            return _Source(name, folder / f"{module}.py")
        package = folder / module
        return _Source(name, package / "__init__.py", package) if (package / "__init__.py").is_file() else None


class _Source:
    """One module, or a package with its folder: what it imports and what its code is, read when asked."""

    def __init__(self, name: str, path: Place, folder: Place | None = None) -> None:
        self._name = name
        self._path = path
        self._folder = folder

    @cached_property
    def _tree(self) -> ast.Module:
        """The code without docstrings, which import nothing."""
        return _without_docstrings(ast.parse(self._path.read_bytes(), str(self._path)))

    @cached_property
    def imports(self) -> frozenset[str]:
        """Names that may be modules: those imported, those imported from, and the packages they are in."""
        names = {self._name} | {name for node in ast.walk(self._tree) for name in self._imported(node)}
        return frozenset(name.rsplit(".", cut)[0] for name in names for cut in range(name.count(".") + 1))

    @cached_property
    def digest(self) -> str:
        """Digest of the code without comments, docstrings and layout, and of the other files of a package."""
        sha = hashlib.sha256(ast.dump(self._tree, annotate_fields=False).encode())
        for file in self._files_beside():
            sha.update(b"\0" + file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n"))
        return sha.hexdigest()

    def digest_of_function(self, name: str) -> str | None:
        """Digest of a function or method, and of the module's functions that it calls; None where there is none."""
        functions = {node.name: node for node in ast.walk(self._tree) if isinstance(node, ast.FunctionDef)}
        found: dict[str, ast.FunctionDef] = {}
        waiting = [name]
        while waiting:
            called = waiting.pop()
            if called in functions and called not in found:
                found[called] = functions[called]
                waiting.extend(node.id for node in ast.walk(functions[called]) if isinstance(node, ast.Name))
        if name not in found:
            return None
        module = ast.Module([found[each] for each in sorted(found)], [])
        return hashlib.sha256(ast.dump(module, annotate_fields=False).encode()).hexdigest()

    def _imported(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = self._name.split(".") + ([] if self._folder is None else ["__init__"])
                base = ".".join([*package[: -node.level], *([base] if base else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)

    def _files_beside(self) -> list[Place]:
        """The files of a package that are no Python, those of directories that are no packages among them."""
        return [] if self._folder is None else sorted(_other_files(self._folder), key=str)


def _other_files(directory: Place) -> Iterator[Place]:
    for path in directory.iterdir():
        if path.name.startswith((".", "__pycache__")):
            continue
        if path.is_dir() and not (path / "__init__.py").is_file():
            yield from _other_files(path)
        elif path.is_file() and path.suffix not in {".py", ".pyc", ".pyi"}:
            yield path


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and _has_docstring(node):
            node.body = node.body[1:]
    return tree


def _has_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError as error:
        raise ConfigurationError(f"The library '{distribution}' is not installed.", _REINSTALL) from error
