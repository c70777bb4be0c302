"""How a text file divides its fields: as declared, else found out from its first rows and reported."""

from __future__ import annotations

from sdtm.extract.csv_exact import Dialect, Irregular, Record, Scanner
from sdtm.extract.table import Options, refuse

ROWS = 50  # looked at
DELIMITERS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
WORDS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
NO_QUOTE = "none"


def find_dialect(sample: str, options: Options) -> tuple[Dialect, list[str]]:
    """Delimiter and quote of a text file, and notes on what was not declared.

    A declared one is taken. Of ``, ; tab |`` that one is found which gives most of the first rows as many
    fields as there are names, then the one with most fields, then the first of the four. The quote is
    ``'`` only if every name stands between two of them, else ``"``. Without any delimiter the file has
    one column. The sample ends where a line ends.
    """
    delimiter, quote = declared(options)
    best, best_score, notes = Dialect(delimiter or ",", '"' if quote is None else quote), (0.0, 1), []
    for candidate in [delimiter] if delimiter else DELIMITERS:
        if candidate not in sample:
            continue  # no row has two fields
        for mark in ['"', "'"] if quote is None else [quote]:
            if quote is None and mark == "'" and mark not in sample:
                continue
            dialect = Dialect(candidate, mark)
            records = first_records(sample, dialect, options.header_row + ROWS)
            if quote is None and mark == "'" and not names_in_quotes(records, sample, dialect, options):
                continue
            score = fitness(records, options.header_row)
            if score > best_score:
                best, best_score = dialect, score
    if not delimiter and best_score[1] == 1:
        notes.append("one column: none of the delimiters , ; tab | was found")
    elif not delimiter:
        notes.append(f"delimiter {DELIMITERS[best.delimiter]} was sniffed")
    if quote is None and best.quote == "'":
        notes.append("the quote ' was sniffed")
    return best, notes


def declared(options: Options) -> tuple[str, str | None]:
    """Delimiter (empty: not declared) and quote (empty: nothing is quoted; ``None``: not declared)."""
    delimiter = WORDS.get(options.delimiter.lower(), options.delimiter)
    if not delimiter and options.shown.lower().removesuffix(".gz").endswith(".tsv"):
        delimiter = "\t"
    quote = "" if options.quote.lower() == NO_QUOTE else options.quote or None
    for name, value, word in (("delimiter", delimiter, "tab"), ("quote", quote or "", NO_QUOTE)):
        if len(value) > 1 or not value.isascii() or value in ("\r", "\n", "\0"):
            raise refuse(
                f"unknown-{name}",
                options.shown,
                f"{name} {value!r}",
                f"one ASCII character, or the word {word}",
                f"correct {name} of this dataset",
            )
    return delimiter, quote


def fitness(records: list[Record], header_row: int) -> tuple[float, int]:
    """Share of the first rows with as many fields as there are names, and how many fields those are."""
    filled = [record for record in records if record.number >= header_row and not record.blank]
    if not filled or filled[0].number != header_row or len(filled[0].fields) == 1:
        return (0.0, 1)
    names = len(filled[0].fields)
    return sum(len(record.fields) == names for record in filled) / len(filled), names


def names_in_quotes(records: list[Record], sample: str, dialect: Dialect, options: Options) -> bool:
    """Whether the header reads ``'A','B'``: taken as text, each name begins and ends with the quote."""
    if len(records) < options.header_row:
        return False
    plain = first_records(sample, Dialect(dialect.delimiter, ""), options.header_row)
    mark = dialect.quote
    return all(len(n) > 1 and n.startswith(mark) and n.endswith(mark) for n in plain[-1].fields)


def first_records(sample: str, dialect: Dialect, most: int) -> list[Record]:
    """The first records of a sample, up to one with quotes that do not fit or that the sample cuts."""
    found: list[Record] = []
    try:
        for record in Scanner([sample], dialect):
            found.append(record)
            if len(found) == most:
                break
    except Irregular:
        pass
    return found
