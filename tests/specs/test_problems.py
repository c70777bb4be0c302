"""Problems: told together, once each, in the order of their places; nearest spec words."""

from __future__ import annotations

import json
import pickle

from specs.location import Location
from specs.problems import Problem, ProblemsFound, nearest, problems_json, suggest

LATER = Problem("b", Location("b.yaml", line=2), "found", "expected", "do")
EARLIER = Problem("a", Location("a.yaml", line=9), "other", "expected")


def test_problems_are_told_once_and_in_the_order_of_their_places():
    assert ProblemsFound([LATER, EARLIER, LATER]).problems == [EARLIER, LATER]
    assert str(ProblemsFound(EARLIER)) == "error[a] a.yaml, line 9\n  found     other\n  expected  expected"


def test_problems_of_a_worker_process_arrive_as_problems():
    """An exception is pickled by its arguments, which are not its text here."""
    arrived = pickle.loads(pickle.dumps(ProblemsFound([LATER, EARLIER])))
    assert isinstance(arrived, ProblemsFound) and arrived.problems == [EARLIER, LATER]
    assert str(arrived) == str(ProblemsFound([LATER, EARLIER]))


def test_problems_as_json():
    (only,) = json.loads(problems_json([LATER]))
    assert only["id"] == "b" and only["where"]["line"] == 2 and only["severity"] == "error"


def test_near_words_are_found_whatever_their_case():
    assert nearest("aetrem", ["AETERM", "AESER", "VSTEST"])[0] == "AETERM"
    assert suggest("aetrem", ["AETERM", "VSTEST"]) == "did you mean AETERM?"
    assert suggest("xyz", ["AETERM"]) == ""
