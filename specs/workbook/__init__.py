"""An .xlsx workbook as the other face of a study spec: ``.xlsx`` <-> ``Study``, without loss in either direction.

Sheets of two kinds. The *toolkit's* sheets hold all that a study folder of YAML holds; which value has which
sheet and column is worked out from the model (``layout``). The *define sheets* are those of the field's
define.xml workbooks, in the headers of three generations (``define_sheets``); they are filled in from the spec
and the standards, and what people write there is kept (``Study.workbook``).

    text of a cell      cell_text            rows of the spec    layout, rows_out, rows_in
    cells of a file     grid                 define sheets       define_*, generations
    .xlsx -> Study      read                 Study -> .xlsx      write, look, read_me, package
    problems on cells   mark
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from specs.workbook.define_facts import Facts, Made
    from specs.workbook.mark import mark_problems
    from specs.workbook.read import read_workbook
    from specs.workbook.write import export_workbook

__all__ = ["Facts", "Made", "export_workbook", "mark_problems", "read_workbook"]

_HOMES = {
    "Facts": "define_facts",
    "Made": "define_facts",
    "export_workbook": "write",
    "mark_problems": "mark",
    "read_workbook": "read",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
