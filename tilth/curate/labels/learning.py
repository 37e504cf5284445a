"""Where the classifiers come from; a missing extra names itself."""

from tilth.errors import MissingExtraError


def check_installed(feature: str) -> None:
    """Raises `MissingExtraError` when scikit-learn is not installed."""
    try:
        import sklearn  # noqa: F401
    except ImportError as failure:
        raise MissingExtraError(feature, "quality") from failure
