"""What DM needs beside its form: units of the age, and reference dates out of the exposure."""

from __future__ import annotations

from typing import Any

from sdtm.drafting.context import Context, drafted
from sdtm.drafting.material import Material
from sdtm.drafting.rules import mapped_columns
from sdtm.drafting.words import words


def complete_demographics(context: Context, material: Material, domains: dict[str, dict[str, Any]]) -> None:
    """Add AGEU and reference dates to a drafted DM, where they follow; ask where they do not."""
    if "DM" not in domains:
        context.ask("demographics", "Which file holds the demography? No file looks like DM.")
        return
    source = domains["DM"]["sources"][0]
    made = source.setdefault("map", {})
    _age(context, material, source["from"], made)
    source["map"] = {name: made[name] for name in context.guide.order("DM", made)}
    if not made:
        del source["map"]
    dates = _reference_dates(context, domains)
    if dates:
        domains["DM"]["reference_dates"] = dates


def _age(context: Context, material: Material, table: str, made: dict[str, Any]) -> None:
    if "AGE" in made and "AGEU" not in made:
        column = material.tables[table].columns[made["AGE"]["column"]]
        if {"year", "yr"} & set(words(column.label)):
            made["AGEU"] = drafted({"value": "YEARS"}, f"the label {column.label!r} says it")
            return
        numbers = sorted(column.texts, key=lambda text: (len(text), text))
        context.ask(
            f"{table}-ageu",
            f"What is AGEU, the unit of {column.name}?",
            [f"{table}.{column.name}"],
            {"YEARS": f"the usual unit; values such as {numbers[0]} and {numbers[-1]}"} if numbers else {},
        )
    elif "BRTHDTC" in made and "AGE" not in made:
        context.ask(
            f"{table}-age",
            "At which date is AGE counted? It is not collected, and the date of birth is.",
            [f"{table}.{column}" for column in sorted(mapped_columns({"BRTHDTC": made["BRTHDTC"]}))],
            {
                "{age: DM.BRTHDTC, at: DM.RFICDTC}": "age at informed consent",
                "{age: DM.BRTHDTC, at: DM.RFSTDTC}": "age at the start of treatment",
            },
        )


def _reference_dates(context: Context, domains: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """First and last exposure (by definition), and the reference start that is usually the first exposure."""
    made = {name for source in domains.get("EX", {}).get("sources", ()) for name in source.get("map", {})}
    if "EXSTDTC" not in made:
        return {}
    last = "EX.EXENDTC" if "EXENDTC" in made else "EX.EXSTDTC"
    definition = "by definition in SDTMIG 3.4, 5.2: first or last exposure to the study treatment"
    context.ask(
        "reference-dates",
        "Which dates are RFENDTC and RFPENDTC, and is RFSTDTC the first exposure, as drafted?",
        candidates={
            f"RFENDTC: {{latest: {last}}}": "the last exposure is a usual choice",
            "RFPENDTC: {latest: [...]}": "the last contact of all forms",
        },
    )
    return {
        "RFSTDTC": drafted({"earliest": ["EX.EXSTDTC"]}, "usually the first exposure; the protocol decides"),
        "RFXSTDTC": drafted({"earliest": ["EX.EXSTDTC"]}, definition),
        "RFXENDTC": drafted({"latest": [last]}, definition),
    }
