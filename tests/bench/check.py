"""How long a learner waits for check(): the first time in a fresh kernel, and after that.

python tests/bench/check.py
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

ONE = """
import sys, time
import netlab
from netlab import check  # as the first cell of an exercise does it

begun = time.perf_counter()
check(sys.argv[1], {sys.argv[2]: lambda *case: None})
first = time.perf_counter() - begun
begun = time.perf_counter()
check(sys.argv[1], {sys.argv[2]: lambda *case: None})
print(first, time.perf_counter() - begun)
"""


def main() -> None:
    """Print the slowest tasks, each in a process of its own."""
    from netlab.grading.task import all_tasks

    taken = []
    for task in all_tasks().values():
        if task.is_function:
            words = [sys.executable, "-c", ONE, task.id, task.answer]
            done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
            first, again = map(float, done.stdout.split())
            taken.append((first * 1000, again * 1000, task.id))
    taken.sort(reverse=True)
    print(f"check() of a wrong answer, {len(taken)} tasks, each in a fresh process; milliseconds")
    print(f"{'':28} {'first':>6} {'again':>6}")
    for first, again, name in taken[:5]:
        print(f"{name:28} {first:6.0f} {again:6.0f}")
    middle = taken[len(taken) // 2]
    print(f"{'the one in the middle':28} {middle[0]:6.0f} {middle[1]:6.0f}")


if __name__ == "__main__":
    main()
