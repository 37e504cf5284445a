"""A fitted score for people: how well it tells good from bad, whether its chances are true, and what it looks at."""

from tilth.curate.weights import Weights


def fit_page(weights: Weights) -> str:
    """Markdown with the figures, the reliability table and all weights."""
    fitted = weights.fitted
    lines = [
        "# A fitted quality score",
        "",
        f"{fitted['rows']:,} rows with a verdict, {fitted['good']:,} of them good. All figures are out of fold "
        f"({fitted['folds']} folds): every row is judged by weights that were fitted without it.",
        "",
        "| | |",
        "|---|---|",
        f"| area under the curve | {fitted['auc']:.3f} |",
        f"| Brier score (0 is perfect, 0.25 is a coin) | {fitted['brier']:.3f} |",
        f"| expected calibration error | {fitted['calibration_error']:.3f} |",
        "",
        "## Calibration",
        "",
        "| score | rows | expected good | found good |",
        "|---|---|---|---|",
        *(
            f"| {100 * row['from']:.0f} to {100 * row['to']:.0f} | {row['rows']:,} | {row['expected']:.0%} "
            f"| {row['good']:.0%} |"
            for row in fitted["reliability"]
        ),
        "",
        "## Weights",
        "",
        "Log odds for one standard deviation above the mean; what most rows share counts for nothing.",
        "",
        "| feature | weight | mean | deviation |",
        "|---|---|---|---|",
        *(
            f"| `{term.feature}`{' (log)' * term.log} | {term.weight:+.3f} | {term.mean:.3g} | {term.scale:.3g} |"
            for term in weights.terms
        ),
    ]
    return "\n".join(lines) + "\n"
