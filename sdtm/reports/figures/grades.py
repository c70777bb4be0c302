"""The shades of toxicity grades: one hue from light to dark, so that their order shows without colours, too."""

from __future__ import annotations

GRADES = {1: "#C6DBEF", 2: "#6BAED6", 3: "#2171B5", 4: "#08306B", 5: "#000000"}
UNGRADED = "#DDDDDD"
# What is readable on each of them: at least 4.5:1 by WCAG 2.2.
TEXT_ON = {shade: "#ffffff" if grade >= 3 else "#000000" for grade, shade in GRADES.items()} | {
    UNGRADED: "#000000"
}
EDGE = "#555555"  # around bars, since the lightest shade alone hardly stands out on white
