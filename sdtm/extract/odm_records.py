"""The records of one item group while an ODM file is read, with its transactions applied in order.

Source: ODM 1.3.2, ClinicalData. A record is known by subject, study event, form and item group, each with
its repeat key. An element without a TransactionType has that of the element around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sdtm.extract.table import places
from validation.findings import Finding, Place

Key = tuple[str | None, ...]  # subject, event, its repeat key, form, its repeat key, group, its repeat key

RULES = {
    "transaction-without-record": (
        "error",
        "an Update or Remove of a record that the file has not made before; an Update is kept as a record",
        "an Insert or Upsert of the record first",
        "ask for the file before this one, or for a snapshot",
    ),
    "ambiguous-transaction": (
        "error",
        "an Update or Remove of a record that several records share their keys with; it was not applied",
        "repeat keys that tell the records apart",
        "ask for an export with repeat keys, or for a snapshot",
    ),
    "repeated-record": (
        "warning",
        "records with the same subject, study event, form and repeat keys; each is kept as a row",
        "repeat keys that tell the records apart",
        "ask for an export with repeat keys",
    ),
    "repeated-item": (
        "warning",
        "an item that stands twice in one record; the last value is read",
        "each item once in a record of a snapshot",
        "ask for the right value",
    ),
}


@dataclass(frozen=True, slots=True)
class ItemValue:
    """What an element says about one item: a value, none (``IsNull``), or that it is removed."""

    item: str
    value: str | None
    transaction: str
    unit: str | None = None


@dataclass
class Record:
    """One row: its number by first appearance, and the present values of its items."""

    number: int
    key: Key
    site: str | None
    values: dict[str, str | None] = field(default_factory=dict)


@dataclass
class Records:
    """All rows of the item group so far. ``live`` finds them by key; removed ones are gone."""

    shown: str
    transactional: bool
    rows: dict[int, Record] = field(default_factory=dict)
    live: dict[Key, list[int]] = field(default_factory=dict)
    made: int = 0
    removed: int = 0
    remarks: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def apply(self, key: Key, transaction: str, site: str | None, items: Iterable[ItemValue]) -> None:
        """One ItemGroupData element, whose TransactionType is ``transaction``, its own or inherited."""
        items = list(items)
        found = self.live.get(key, [])
        if transaction == "Insert":
            if found:
                self.remark("repeated-record", self.made + 1)
            self.fill(self.new(key, site), items, site)
        elif len(found) > 1:
            self.remark("ambiguous-transaction", found[0])
        elif transaction == "Remove":
            if found:
                self.remove([key])
            else:
                self.remark("transaction-without-record", None)
        elif found:
            self.fill(self.rows[found[0]], items, site)
        elif items or transaction != "Context":
            if transaction != "Upsert" and not all(
                item.transaction in ("Insert", "Upsert") for item in items
            ):
                self.remark("transaction-without-record", self.made + 1)
            self.fill(self.new(key, site), items, site)

    def new(self, key: Key, site: str | None) -> Record:
        self.made += 1
        record = self.rows[self.made] = Record(self.made, key, site)
        self.live.setdefault(key, []).append(self.made)
        return record

    def fill(self, record: Record, items: list[ItemValue], site: str | None) -> None:
        """Set the items of a record; a removed or null item has no value."""
        record.site = site or record.site
        seen: set[str] = set()
        for item in items:
            if item.item in seen and not self.transactional:
                self.remark("repeated-item", record.number, item.item)
            seen.add(item.item)
            if item.transaction == "Context":
                continue
            gone = item.transaction == "Remove"
            record.values[item.item] = None if gone else item.value
            if item.unit is not None or f"{item.item}_UNIT" in record.values:
                record.values[f"{item.item}_UNIT"] = None if gone else item.unit

    def remove_below(self, start: Key) -> None:
        """Take away the records of a subject, study event or form (the first parts of a key)."""
        self.remove([key for key in self.live if key[: len(start)] == start])

    def remove(self, keys: list[Key]) -> None:
        for key in keys:
            for number in self.live.pop(key):
                del self.rows[number]
                self.removed += 1

    def remark(self, rule: str, number: int | None, column: str = "") -> None:
        self.remarks.setdefault((rule, column), []).append(number or 0)

    def findings(self) -> list[Finding]:
        found = []
        for (rule, column), numbers in sorted(self.remarks.items()):
            severity, text, expected, do = RULES[rule]
            rows = [number for number in numbers if number]
            found.append(
                Finding(
                    rule,
                    severity,
                    text,
                    expected,
                    do,
                    places=places(self.shown, rows, column) or (Place(file=self.shown),),
                    count=len(numbers),
                )
            )
        return found
