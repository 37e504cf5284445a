"""How long `tilth review` takes to show the first record of a large file, and how much memory it needs.

Run:  python benchmarks/bench_review_open.py [ROWS]

Prints one JSON object: seconds until the first screen is drawn, until every row is listed, until every record id is
known (which happens beside the screen), and the peak resident memory of the process.
"""

import asyncio
import json
import re
import sys
import tempfile
import time
from pathlib import Path


def write_rows(path: Path, rows: int) -> None:
    """Instruction records of about 250 bytes."""
    with path.open("w", encoding="utf-8") as file:
        for row in range(rows):
            record = {
                "instruction": f"How do I reset password {row}?",
                "input": "",
                "output": "Open settings. " * (row % 20 + 1),
            }
            file.write(json.dumps(record) + "\n")


async def measure(path: Path) -> dict[str, float]:
    """Open the file in the review app, without a terminal, and watch it."""
    start = time.perf_counter()
    from tilth.review.session import Session
    from tilth.tui.app import ReviewApp

    seconds: dict[str, float] = {}
    with Session(path, "bench") as session:
        app = ReviewApp(session)
        async with app.run_test(size=(120, 40)) as pilot:
            seconds["first_screen_s"] = time.perf_counter() - start
            while not session.rows.is_complete:
                await asyncio.sleep(0.01)
            seconds["all_rows_listed_s"] = time.perf_counter() - start
            await pilot.press("end")
            seconds["last_row_shown_s"] = time.perf_counter() - start
            while not session.is_settled:
                await asyncio.sleep(0.05)
            seconds["all_ids_known_s"] = time.perf_counter() - start
    return seconds


def main() -> None:
    """Write the file, measure in this process, print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        write_rows(path, rows)
        seconds = asyncio.run(measure(path))
        # Not ru_maxrss: a child begins with its parent's.
        (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        peak_mb = int(peak) / 1024
        figures = {name: round(value, 2) for name, value in seconds.items()}
        print(json.dumps({"rows": rows, "file_mb": path.stat().st_size >> 20, **figures, "peak_mb": round(peak_mb)}))


if __name__ == "__main__":
    main()
