"""How much of a spec `sdtm init --raw` drafts, and how much of that is right, against reviewed specs.

    python benchmarks/drafting.py [STUDY ...] [--units]

STUDY: a study folder or a bundled study; without one, the two public studies of tests/studies (where their data
stand beside the repository) and the bundled lxi15029 and he072. Each is drafted from its raw files alone and compared
with its reviewed spec, mapping by mapping (``draft_score.py``). Visits and keys are counted apart. No test: it prints.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from draft_score import VERDICTS, Compiled, Verdict, compare, compile_study, draft_like, table_of  # noqa: E402

from specs import load_study  # noqa: E402
from specs.model import Study  # noqa: E402

PUBLIC = (HERE.parent / "tests" / "studies" / "pharmaverseraw", HERE.parent / "tests" / "studies" / "def01")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("studies", nargs="*", help="study folders or bundled studies with a reviewed spec")
    parser.add_argument("--units", action="store_true", help="also print each mapping that is not right")
    options = parser.parse_args()
    for name in options.studies or [*PUBLIC, "lxi15029", "he072"]:
        study = load_study(name)
        if not (study.folder / study.raw.folder).is_dir():
            print(f"{name}: its raw files are not here")
            continue
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            draft = draft_like(study, Path(folder))
            seconds = time.perf_counter() - started
            reviewed, drafted = compile_study(study), compile_study(draft)
            verdicts, extra = compare(reviewed, drafted)
        print(f"\n{study.study}: drafted in {seconds:.1f} s, {len(draft.questions)} questions")
        _print_table(verdicts)
        _print_beside(study, draft, reviewed, drafted)
        print(f"  {len(extra)} drafts that the reviewed spec does not have")
        if options.units:
            for verdict in verdicts:
                if verdict.verdict != "right":
                    unit = verdict.unit
                    print(f"    {verdict.verdict:9}{unit.domain} {unit.name} of {unit.file[0]}")
            for unit in extra:
                print(f"    extra    {unit.domain} {unit.name} of {unit.file[0]}")


def _print_table(verdicts: list[Verdict]) -> None:
    print(f"  {'domain':9}{'mappings':>9}{'drafted':>9}" + "".join(f"{name:>10}" for name in VERDICTS))
    for domain, counts in table_of(verdicts):
        total = sum(counts.values())
        drafted = counts["right"] + counts["near"] + counts["wrong"]
        shares = "".join(f"{counts[name]:>4} {counts[name] / total:>4.0%} " for name in VERDICTS)
        print(f"  {domain:9}{total:>9}{drafted / total:>9.0%} {shares}")
    counts = dict(table_of(verdicts))["all"]
    drafted = counts["right"] + counts["near"] + counts["wrong"]
    right, wrong = (counts[name] / max(drafted, 1) for name in ("right", "wrong"))
    print(f"  right of what is drafted: {right:.1%}; wrong: {wrong:.1%}")


def _print_beside(study: Study, draft: Study, reviewed: Compiled, drafted: Compiled) -> None:
    """Domains of files, visits and keys."""

    def domains(compiled: Compiled) -> set[tuple[str, tuple[str, str, str]]]:
        plan = compiled.plan.domains
        return {(n, compiled.file(s.table)) for n, d in plan.items() for s in d.sources if s.table}

    there, made = domains(reviewed), domains(drafted)
    print(
        f"  domain of a file: {len(there & made)} of {len(there)} drafted right, {len(made - there)} others"
    )
    texts = {raw: visit.VISIT for visit in study.visits for raw in (visit.raw or (visit.VISIT,))}
    mine = {raw: visit.VISIT for visit in draft.visits for raw in (visit.raw or (visit.VISIT,))}
    same = sum(mine.get(raw) == visit for raw, visit in texts.items())
    met = sum(raw in mine for raw in texts)
    print(f"  visits: {met} of {len(texts)} texts found, {same} with the same VISIT")
    keys = {reviewed.file(n): set(d.key) for n, d in study.raw.datasets.items() if d.key}
    my_keys = {drafted.file(n): set(d.key) for n, d in draft.raw.datasets.items() if d.key}
    equal = sum(my_keys.get(file) == key for file, key in keys.items())
    print(f"  keys: {sum(f in my_keys for f in keys)} of {len(keys)} drafted, {equal} the same columns")


if __name__ == "__main__":
    main()
