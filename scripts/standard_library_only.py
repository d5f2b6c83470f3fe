"""An import contract: some packages import the standard library, each other, and nothing else.

import-linter's own `forbidden` contract needs a list of what is forbidden, and a list misses whatever
is installed next. This one needs none.
"""

import sys
from typing import TypeAlias

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

Import: TypeAlias = tuple[str, str, int | None]  # importing module, imported module, line


class StandardLibraryOnly(Contract):
    """Breaks when one of `packages` imports a module that is neither the standard library's nor ours.

    Options:
        packages: the packages that stay plain Python.
        guidance: what to do about a broken contract, printed below it.
    """

    packages = fields.ListField(subfield=fields.StringField())
    guidance = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 (import-linter's signature)
        """Look at every module below the packages."""
        ours = {module.split(".")[0] for module in graph.modules if not graph.is_module_squashed(module)}
        allowed = ours | sys.stdlib_module_names
        foreign = sorted(found for package in self.packages for found in _foreign_imports(graph, package, allowed))  # type: ignore[attr-defined]
        return ContractCheck(kept=not foreign, metadata={"foreign": foreign})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import with its line, then say what to do."""
        foreign: list[Import] = check.metadata["foreign"]
        for importer, imported, line in foreign:
            output.print_error(f"- {importer} imports {imported} (line {line or 'unknown'}).")
        output.new_line()
        output.print(str(self.guidance))
        output.new_line()


def _foreign_imports(graph: ImportGraph, package: str, allowed: set[str] | frozenset[str]) -> list[Import]:
    modules = {package, *graph.find_descendants(package)}
    return [
        (importer, imported, _line(graph, importer, imported))
        for importer in modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if imported.split(".")[0] not in allowed
    ]


def _line(graph: ImportGraph, importer: str, imported: str) -> int | None:
    details = graph.get_import_details(importer=importer, imported=imported)
    return details[0]["line_number"] if details else None
