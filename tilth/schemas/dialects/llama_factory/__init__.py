"""LLaMA-Factory: its formattings, and the `dataset_info.json` without which it reads no file."""

from tilth.schemas.dialects.llama_factory.alpaca import LlamaFactoryAlpaca
from tilth.schemas.dialects.llama_factory.sharegpt import LlamaFactoryShareGPT
from tilth.schemas.dialects.llama_factory.v1 import LlamaFactoryV1
from tilth.schemas.dialects.llama_factory.v1_pairs import LlamaFactoryV1Pairs

__all__ = ["LlamaFactoryAlpaca", "LlamaFactoryShareGPT", "LlamaFactoryV1", "LlamaFactoryV1Pairs"]
