"""How long `import netlab` takes beyond a bare interpreter's start."""

import statistics
import subprocess
import sys
import time

ROUNDS = 25
LATER = {"numpy", "matplotlib", "ipywidgets", "anywidget"}


def seconds(code: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begin


def main() -> None:
    """Alternate between a bare interpreter and one that imports the kit."""
    bare, kit = [], []
    for _ in range(ROUNDS):
        bare.append(seconds("pass"))
        kit.append(seconds("import netlab"))
    loaded = subprocess.run(
        [sys.executable, "-c", "import netlab, sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    extra = (statistics.median(kit) - statistics.median(bare)) * 1000
    print(f"import netlab: {extra:.0f} ms beyond a bare start (median of {ROUNDS} alternating)")
    print(f"  heavy modules loaded by it: {', '.join(sorted(LATER & set(loaded))) or 'none'}")


if __name__ == "__main__":
    main()
