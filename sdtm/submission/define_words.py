"""The steps of an analysis dataset in words, for people who read define.xml."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sdtm.adam.plan import DerivationStep
from specs.catalogue import MADE


def step_words(step: DerivationStep) -> str:
    """What a derivation does, on what, with which parameters."""
    params = step.params
    made = set(params.marked(MADE))
    said = []
    for name, field in type(params).model_fields.items():
        text = value_words(getattr(params, name))
        if text and not (text in made and _is_name(getattr(params, name))):
            said.append(f"{(field.alias or name).rstrip('_').replace('_', ' ')}: {text}")
    parts = [about(step)]
    if step.source:
        parts.append(f"Records read: {step.source}.")
    if step.condition is not None:
        parts.append(f"Only where {step.condition.text.strip()}.")
    if said:
        parts.append(f"With {'; '.join(said)}.")
    return " ".join(parts)


def about(step: DerivationStep) -> str:
    """What a derivation does, in the first words of its documentation."""
    text = " ".join(step.derivation.doc.split("\n\n")[0].replace("``", "").split())
    return text if text.endswith(".") else f"{text}."


def value_words(value: Any) -> str:
    """A parameter in words; empty where it says nothing."""
    if value is None or value is False or value == "" or value == () or value == {}:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, BaseModel):
        fields = type(value).model_fields.items()
        pairs = [
            ((field.alias or name).rstrip("_"), value_words(getattr(value, name))) for name, field in fields
        ]
        return "(" + ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in pairs if text) + ")"
    if isinstance(value, dict):
        return ", ".join(f"{key} = {value_words(item)}" for key, item in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(filter(None, map(value_words, value)))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str)
