"""How fast the novelty filter finds the nearest task by ROUGE-L, against comparing with every task.

Run:  python benchmarks/bench_novelty.py [POOL] [CANDIDATES]

Prints one JSON object: milliseconds for one candidate with the pool's two bounds, with a full scan by the same
bit-parallel comparison, and, where it is installed, with `rouge_score` as the published code uses it (on a few
candidates). All three have to find the same.
"""

import json
import random
import sys
import time

from tilth.generators.novelty import NoveltyPool
from tilth.generators.rouge import rouge_l

_THRESHOLD = 0.7


def tasks(count: int, seed: int) -> list[str]:
    """Tasks of 5 to 25 words with the frequencies of natural text; one in ten is a small change of another."""
    draw = random.Random(seed)
    words = [f"w{number}" for number in range(8000)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    made: list[str] = []
    for _ in range(count):
        if made and draw.random() < 0.1:
            changed = draw.choice(made).split()
            changed[draw.randrange(len(changed))] = draw.choice(words)
            made.append(" ".join(changed))
        else:
            made.append(" ".join(draw.choices(words, weights, k=draw.randint(5, 25))))
    return made


def main(pool_size: int, candidates: int) -> None:
    """Measure and compare."""
    known, new = tasks(pool_size, 1), tasks(pool_size + candidates, 1)[pool_size:]
    start = time.perf_counter()
    pool = NoveltyPool(_THRESHOLD)
    for task in known:
        pool.add(task)
    built = time.perf_counter()
    found = [pool.nearest(task) for task in new]
    pooled = time.perf_counter()
    few = new[: max(1, candidates // 20)]
    scanned = [max(rouge_l(task, other) for other in known) for task in few]
    full = time.perf_counter()
    for neighbour, best in zip(found, scanned, strict=False):
        assert (neighbour is not None) == (best > _THRESHOLD)
        assert neighbour is None or neighbour.score == best
    figures = {
        "pool": pool_size,
        "too_similar": sum(neighbour is not None for neighbour in found),
        "candidates": candidates,
        "build_ms_per_task": round((built - start) * 1000 / pool_size, 4),
        "pool_ms_per_candidate": round((pooled - built) * 1000 / candidates, 3),
        "full_scan_ms_per_candidate": round((full - pooled) * 1000 / len(few), 1),
    }
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError:
        pass
    else:
        scorer = RougeScorer(["rougeL"], use_stemmer=False)
        start = time.perf_counter()
        for task in few[:3]:
            for other in known:
                scorer.score(other, task)
        figures["rouge_score_ms_per_candidate"] = round((time.perf_counter() - start) * 1000 / 3, 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*map(int, [*sys.argv[1:], *["10000", "400"][len(sys.argv) - 1 :]]))
