"""A language model that says what it was built to say, as a GGUF file that a real llama.cpp server loads.

No training and no download: a token's embedding is a unit vector, attention and feed-forward add nothing, and the
output matrix maps each token to its successor. The chat template ends a prompt with one token for its kind, and
from that token the model walks down a chain of phrases to the end of the turn.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

_UNKNOWN, _NORMAL, _CONTROL, _BYTE = 2, 1, 3, 6
_WIDTH = 384  # at least the number of tokens; a multiple of the head's 32


def build_parrot(path: Path, answers: Mapping[str, Sequence[str]], otherwise: Sequence[str]) -> None:
    """Write a model that answers a prompt containing a key of `answers` with those phrases, in order."""
    import gguf
    import numpy as np

    chains = [*answers.values(), otherwise]
    tokens = [("<unk>", _UNKNOWN), ("<s>", _CONTROL), ("</s>", _CONTROL)]
    tokens += [(f"<0x{byte:02X}>", _BYTE) for byte in range(256)]
    successor: dict[int, int] = {}
    for number, phrases in enumerate(chains):
        successor[len(tokens)] = len(tokens) + 1
        tokens.append((f"<turn{number}>", _CONTROL))
        for phrase in phrases:
            successor[len(tokens)] = len(tokens) + 1
            tokens.append((phrase.replace(" ", "▁"), _NORMAL))
        successor[len(tokens) - 1] = 2
    embedding = np.zeros((len(tokens), _WIDTH), dtype=np.float32)
    embedding[np.arange(len(tokens)), np.arange(len(tokens))] = 1
    output = np.zeros_like(embedding)
    for token in range(len(tokens)):
        output[successor.get(token, 2), token] = 20

    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(4096)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(32)
    writer.add_head_count(_WIDTH // 32)
    writer.add_head_count_kv(_WIDTH // 32)
    writer.add_rope_dimension_count(32)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _ in tokens])
    writer.add_token_scores([-1000.0 if kind == _NORMAL else 0.0 for _, kind in tokens])
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(_template(list(answers)))
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output.weight", output)
    writer.add_tensor("output_norm.weight", np.ones(_WIDTH, dtype=np.float32))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(_WIDTH, dtype=np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros((_WIDTH, _WIDTH), dtype=np.float32))
    for name in ("ffn_gate", "ffn_up"):
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros((32, _WIDTH), dtype=np.float32))
    writer.add_tensor("blk.0.ffn_down.weight", np.zeros((_WIDTH, 32), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _template(keys: Sequence[str]) -> str:
    branches = "".join(
        f"{{% {'if' if number == 0 else 'elif'} '{key}' in messages[-1]['content'] %}}<turn{number}>"
        for number, key in enumerate(keys)
    )
    return f"{{{{ messages[-1]['content'] }}}}{branches}{{% else %}}<turn{len(keys)}>{{% endif %}}"
