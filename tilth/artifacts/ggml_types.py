"""Number types of ggml, which GGUF files name by their number: how they are called and how much room they take."""

_TYPES = {
    # number: (name, numbers in a block, bytes of a block)
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
}
FILE_TYPES = {
    0: "F32 throughout",
    1: "mostly F16",
    2: "mostly Q4_0",
    3: "mostly Q4_1",
    7: "mostly Q8_0",
    8: "mostly Q5_0",
    9: "mostly Q5_1",
    10: "mostly Q2_K",
    11: "mostly Q3_K, small",
    12: "mostly Q3_K, medium",
    13: "mostly Q3_K, large",
    14: "mostly Q4_K, small",
    15: "mostly Q4_K, medium",
    16: "mostly Q5_K, small",
    17: "mostly Q5_K, medium",
    18: "mostly Q6_K",
    19: "mostly IQ2_XXS",
    20: "mostly IQ2_XS",
    21: "mostly Q2_K, small",
    22: "mostly IQ3_XS",
    23: "mostly IQ3_XXS",
    24: "mostly IQ1_S",
    25: "mostly IQ4_NL",
    26: "mostly IQ3_S",
    27: "mostly IQ3_M",
    28: "mostly IQ2_S",
    29: "mostly IQ2_M",
    30: "mostly IQ4_XS",
    31: "mostly IQ1_M",
    32: "mostly BF16",
    36: "mostly TQ1_0",
    37: "mostly TQ2_0",
    38: "mostly MXFP4",
    39: "mostly NVFP4",
    40: "mostly Q1_0",
}
"""What `general.file_type` means: the type that most tensors were brought into."""


def type_name(number: int) -> str:
    """The name of a tensor type; one that is not known is named by its number."""
    return _TYPES[number][0] if number in _TYPES else f"type {number}"


def bytes_of(number: int, count: int) -> int:
    """The room that so many numbers take; 0 for a type that is not known."""
    _, block, width = _TYPES.get(number, ("", 1, 0))
    return -(-count // block) * width
