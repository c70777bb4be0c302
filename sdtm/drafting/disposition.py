"""Disposition forms: one field is both DSDECOD (coded) and DSTERM (as reported), and its codelist tells DSCAT."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sdtm.drafting.columns import Decision
from sdtm.drafting.context import Context, drafted
from sdtm.drafting.evidence import Candidate, Reason
from sdtm.drafting.material import RawTableRead
from sdtm.drafting.names import parse_names
from sdtm.drafting.values import match_codelists

# SDTMIG 3.4, 6.2.3 (DS): which codelist of DSDECOD goes with which DSCAT.
CATEGORIES = {
    "C66727": "DISPOSITION EVENT",
    "C114118": "PROTOCOL MILESTONE",
    "C150811": "OTHER EVENT",
}


def with_term(decision: Decision, table: RawTableRead) -> Decision:
    """The decision for a form of DS with DSTERM: the text beside the code of DSDECOD, or that column itself."""
    decoded = decision.drafts.get("DSDECOD")
    if decoded is None or "DSTERM" in decision.drafts:
        return decision
    names = parse_names(list(table.columns))
    beside = [c for c, n in names.items() if n.stem == names[decoded.column].stem and c != decoded.column]
    column = beside[0] if len(beside) == 1 else decoded.column
    why = f"{column} holds the reason as reported" if beside else f"{column} is the only text of the event"
    term = Candidate(column, "DSTERM", (Reason(0.75, why), Reason(0.0, f"DSDECOD is {decoded.column}")))
    open_columns = {
        name: rest
        for name, candidates in decision.open.items()
        if name != column and (rest := tuple(c for c in candidates if c.variable != "DSTERM"))
    }
    return replace(decision, drafts={**decision.drafts, "DSTERM": term}, open=open_columns)


def category(context: Context, table: RawTableRead, made: dict[str, Any]) -> dict[str, Any]:
    """DSCAT, where all texts of DSDECOD are terms of one of its codelists and of no other."""
    if "DSDECOD" not in made or "DSCAT" in made or context.guide.variable("DS", "DSCAT") is None:
        return {}
    texts = table.columns[made["DSDECOD"]["column"]].texts
    fitting = []
    for code, value in CATEGORIES.items():
        codelist = context.words.codelist(code)
        if codelist is not None and texts and not match_codelists(texts, [codelist]).unknown:
            fitting.append((codelist, value))
    if len(fitting) != 1:
        return {}
    codelist, value = fitting[0]
    why = f"all texts of DSDECOD are terms of codelist {codelist.name} ({codelist.code}), which goes with it"
    return {"DSCAT": drafted({"value": value}, why)}
