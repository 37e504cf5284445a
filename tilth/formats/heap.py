"""Freed memory kept for the next block, so that it need not be fetched from the system again and again."""

_JUST_UNDER_32_MIB = (32 << 20) - (1 << 16)  # the largest block from which glibc learns


def keep_freed_memory() -> None:
    """Teach glibc to hand memory back to the system only in large amounts.

    By default it returns the top of its heap as soon as 128 KiB of it are free, and a block of rows is made, written
    and freed again just there: converting 200 MB then takes 500,000 page faults, a third of the time. Its limits follow
    the largest block that was freed, so one is allocated, never touched, and freed. Elsewhere this does nothing.
    """
    bytes(_JUST_UNDER_32_MIB)
