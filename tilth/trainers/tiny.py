"""The built-in model `tiny`: a small random Llama and a tokenizer trained on the data at hand.

It knows nothing but the rows it is given, so it is no use as a model; it is there so that every command runs
offline, on any machine, in about a minute, with losses that fall and answers that can be read.
"""

from collections.abc import Iterable
from pathlib import Path
from shutil import rmtree
from typing import Any

from tilth.trainers.environment import library

TINY = "tiny"
TINY_CONTEXT = 1024
"""Tokens that fit into the model."""
_VOCABULARY = 3072
_BEGIN, _END, _PAD, _START = "<|begin|>", "<|im_end|>", "<|pad|>", "<|im_start|>"
TINY_TEMPLATE = """\
{{- bos_token }}
{%- if tools %}{{ '<|im_start|>tools\\n' + tools | tojson + '<|im_end|>\\n' }}{% endif %}
{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.role == 'assistant' %}
{%- generation %}
{{- message.content or '' }}
{%- if message.tool_calls %}{{ message.tool_calls | tojson }}{% endif %}
{{- '<|im_end|>' }}
{%- endgeneration %}
{{- '\\n' }}
{%- else %}
{{- (message.content or '') + '<|im_end|>\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
"""


def build_tiny(texts: Iterable[str], folder: Path, seed: int) -> None:
    """Write model and tokenizer to `folder`, whole or not at all; the same texts and seed give the same bytes."""
    import torch

    transformers = library("transformers")
    tokenizer = train_tokenizer(texts)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=2,
        # Three times the usual: random embeddings far apart are told apart from the first step on, and a few hundred
        # rows are learned in a third of the time.
        initializer_range=0.06,
        num_attention_heads=6,
        num_key_value_heads=3,
        max_position_embeddings=TINY_CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = transformers.LlamaForCausalLM(config)
    model.generation_config = transformers.GenerationConfig(
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    staging = folder.with_name(f".{folder.name}.writing")
    rmtree(staging, ignore_errors=True)
    model.save_pretrained(staging)
    tokenizer.save_pretrained(staging)
    rmtree(folder, ignore_errors=True)
    staging.replace(folder)


def train_tokenizer(texts: Iterable[str]) -> Any:
    """A byte-level BPE tokenizer with the model's chat template; it can write any text, and these best."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=_VOCABULARY,
            special_tokens=[_PAD, _BEGIN, _START, _END],
            # All 256 bytes: whatever a later text holds, it can be written.
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer = library("transformers").PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token=_BEGIN,
        eos_token=_END,
        pad_token=_PAD,
        additional_special_tokens=[_START],
        model_max_length=TINY_CONTEXT,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = TINY_TEMPLATE
    return tokenizer
