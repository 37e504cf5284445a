"""Public files of every dialect, and of none: what each is to be taken for. Lines are added by family."""

from tests.schemas.annotation_files import ANNOTATIONS
from tests.schemas.real_file import RealFile

LLAMA_FACTORY = [
    RealFile("llama_factory_demo/alpaca_en_demo.json", "llama-factory-alpaca", note="dataset_info.json beside it"),
    RealFile("llama_factory_demo/alpaca_zh_demo.json", "llama-factory-alpaca", note="dataset_info.json beside it"),
    RealFile("llama_factory_demo/identity.json", "llama-factory-alpaca", note="dataset_info.json beside it"),
    RealFile("llama_factory_demo/c4_demo.jsonl", "llama-factory-alpaca", note="pre-training: `prompt` is `text`"),
    RealFile("llama_factory_demo/glaive_toolcall_en_demo.json", "llama-factory-sharegpt", note="tool calls"),
    RealFile("llama_factory_demo/dpo_en_demo.json", "llama-factory-sharegpt", note="`ranking`: preferences"),
    RealFile("llama_factory_demo/dpo_zh_demo.json", "llama-factory-sharegpt", note="`ranking`: preferences"),
    RealFile("llama_factory_demo/kto_en_demo.json", "llama-factory-sharegpt", note="`kto_tag` is `label`, own tags"),
    RealFile("llama_factory_demo/mllm_demo.json", "llama-factory-sharegpt", note="images, own tags"),
    RealFile("llama_factory_demo/v1_sft_demo.jsonl", "llama-factory-v1", note="`loss_weight`"),
    RealFile("llama_factory_demo/reason_tool_use_demo_50.jsonl", "llama-factory-v1", note="reasoning, tool calls"),
    RealFile("llama_factory_demo/v1_dpo_demo.jsonl", "llama-factory-v1-pairs"),
]

INSTRUCTIONS = [
    RealFile("axolotl_fixtures/alpaca.json", "alpaca"),
    RealFile("torchtune_assets/alpaca_tiny.json", "alpaca", note="`text` beside it"),
    RealFile(
        "data_juicer_demo/demos__process_cft_zh_data__data__alpaca-cot.jsonl", "alpaca", note="Alpaca-CoT's `meta`"
    ),
    RealFile("gpteacher_roleplay/*.json.gz", "gpteacher"),
    RealFile("gpteacher_roleplay/*.yaml.gz", "gpteacher", note="the same rows in YAML"),
    RealFile("torchtune_assets/instruct_tiny.json", "gpteacher"),
    RealFile("torchtune_assets/vqa_tiny.json", "torchtune", note="an image beside it"),
    RealFile("lamini_docs/lamini_docs.jsonl", "question-answer"),
    RealFile("lamini_docs/es7_html_saved_as.jsonl", refused="this is an HTML page, not jsonl"),
    RealFile("lamini_examples/golden_test_set.jsonl", "question-answer"),
    RealFile("lamini_examples/generated_q_a.jsonl", "question-answer"),
    RealFile("gsm8k/train.jsonl.gz", "question-answer"),
    RealFile("gsm8k/test.jsonl", "question-answer"),
    RealFile("synthetic_data_kit/sample_qa_pairs.json", "question-answer"),
    RealFile("synthetic_data_kit/format_cases.json", "question-answer", note="rows in the list `input` of an object"),
    RealFile("instructlab_sdg/tests/testdata/datasets/knowledge.jsonl", "instructlab"),
    RealFile("instructlab_sdg/tests/testdata/datasets/knowledge_skills.jsonl", "instructlab"),
    RealFile("self_instruct/seed_tasks.jsonl", "self-instruct"),
    RealFile("p3_t0_samples/*.jsonl", "trl-prompt-completion", note="12 templates of P3"),
    RealFile(
        "coachlm_share/expert_revision_first500.jsonl",
        refused="Raw Instruction, Raw Input and Raw Response may be instruction, input and output",
    ),
    RealFile(
        "coachlm_share/expert_revision_first500.jsonl",
        "mapped",
        how={
            "mapping": {
                "instruction": "Revised Instruction",
                "input": "Revised Input",
                "output": "Revised Response",
            }
        },
        note="by `--map`",
    ),
    RealFile("data_juicer_demo/demos__data__demo-dataset-content.jsonl", refused="content may be text"),
]

CHATS = [
    RealFile("fastchat/dummy_conversation.json", "sharegpt"),
    RealFile("axolotl_fixtures/conversation.json", "sharegpt"),
    RealFile("axolotl_fixtures/conversation.missingturns.json", "sharegpt", note="empty turns"),
    RealFile("torchtune_assets/chat_tiny.json", "sharegpt"),
    RealFile("openai_chat_toy/toy_chat_fine_tuning.jsonl", "openai"),
    RealFile("data_juicer_demo/demos__data__demo-dataset-chatml.jsonl", "openai"),
    RealFile("instructlab_sdg/tests/testdata/datasets/auxiliary.jsonl", "openai", note="`metadata` is a JSON text"),
    RealFile("instructlab_sdg/tests/testdata/datasets/precomputed_skills_07x.jsonl", "openai"),
    RealFile("instructlab_sdg/docs/examples/mix_datasets/dataset_*.jsonl", "openai", note="no messages in them"),
    RealFile("fastchat/question.jsonl", refused="no dialect fits rows with the fields question_id"),
    RealFile("fastchat/mt_bench_reference_gpt-4.jsonl", refused="no dialect fits rows with the fields question_id"),
]

TEXTS = [
    RealFile("data_juicer_demo/demos__data__demo-dataset-deduplication.jsonl", "tilth"),
    RealFile("data_juicer_demo/demos__data_mixture__data__redpajama-cc-2023-06-refined.jsonl", "tilth"),
    RealFile("data_juicer_demo/tests__format__data__structured__demo-dataset.jsonl", "tilth", note="`meta` beside it"),
    RealFile(
        "data_juicer_demo/tests__format__data__structured__demo-dataset.parquet", "tilth", note="`meta` beside it"
    ),
]

REAL_FILES = [*LLAMA_FACTORY, *INSTRUCTIONS, *CHATS, *TEXTS, *ANNOTATIONS]
"""All of them, in the order of the table in `docs/reference/dialects.md`."""
