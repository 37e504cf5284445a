"""What becomes of memory that is free again: how much is kept for the next block, and by whom."""

_JUST_UNDER_32_MIB = (32 << 20) - (1 << 16)  # the largest block from which glibc learns


def give_back_columns() -> None:
    """Let Arrow take its memory from the allocator that holds on to the least of it, where there is a choice."""
    import pyarrow as pa

    if "jemalloc" in pa.supported_memory_backends() and pa.default_memory_pool().backend_name == "mimalloc":
        pa.set_memory_pool(pa.jemalloc_memory_pool())


def keep_freed_memory() -> None:
    """Teach glibc to hand memory back to the system only in large amounts.

    By default it returns the top of its heap as soon as 128 KiB of it are free, and a block of rows is made, written
    and freed again just there: converting 200 MB then takes 500,000 page faults, a third of the time. Its limits follow
    the largest block that was freed, so one is allocated, never touched, and freed. Elsewhere this does nothing.
    """
    bytes(_JUST_UNDER_32_MIB)
