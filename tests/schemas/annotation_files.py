"""Public files of annotated texts: what each is to be taken for."""

from tests.schemas.real_file import RealFile

CONLL = {"format": "conll"}
SPACY = "spacy_example_data/ner_example_data"
NO_TEXT = "the annotations are of no text"

TAGS = [
    RealFile("wnut17_share/wnut17train.conll", "conll", note="a tab for a blank line"),
    RealFile("wnut17_share/emerging.dev.conll", "conll"),
    RealFile("ner_open_share/wikigold/wikigold.conll.txt", "conll-iob1", CONLL, note="I- alone, document marks"),
    RealFile("ner_open_share/sec/FIN3.txt", "conll-iob1", CONLL, note="four columns"),
    RealFile("ner_open_share/sec/FIN5.txt", "conll-iob1", CONLL, note="four columns"),
    RealFile("nessie/easy_span.conll", "conll", note="the last of three columns"),
    RealFile("nessie/easy_token.conll", refused="the tags are of no span: PRON, VERB, NOUN"),
    RealFile("conlleval/output.txt", how=CONLL, refused="the tags break every scheme", note="a tagger's output"),
    RealFile("doccano_import/sequence_labeling/example.conll", "conll"),
    RealFile("doccano_import/sequence_labeling/labeling.trailing.conll", "conll"),
    RealFile("doccano_import/sequence_labeling/labeling.invalid.conll", refused="line 1 of the sentence has 1 column"),
    RealFile("doccano_transformer/labeling/labeling*.conll2003.user*", "conll", CONLL, note="document marks"),
    RealFile(f"{SPACY}/ner-token-per-line*.iob", "conll"),
    RealFile(f"{SPACY}/ner-sent-per-line.iob", "conll", note="a sentence a line"),
]

SPANS = [
    RealFile(f"{SPACY}/*.json", "spacy-training"),
    RealFile("spacy_example_data/textcat_example_data/*.json", "spacy-training", note="categories"),
    RealFile("spacy_example_data/textcat_example_data/*.jsonl", "spacy", note="categories"),
    RealFile("doccano_transformer/labeling/labeling*.spacy.user*", "spacy-training", {"format": "json"}),
    RealFile("doccano_transformer/labeling/labeling.jsonl", "doccano-users", note="two users"),
    RealFile("doccano_transformer/labeling/labeling_text_label.jsonl", "doccano"),
    RealFile("doccano_transformer/classification/classification.jsonl", "doccano-users"),
    RealFile("doccano_transformer/seq2seq/seq2seq.jsonl", "doccano-users"),
    RealFile("doccano_import/sequence_labeling/example*.jsonl", "doccano", note="a row without text, spans twice"),
    RealFile("doccano_import/text_classification/example.json", "doccano"),
    RealFile("doccano_import/text_classification/example.jsonl", "tilth", note="`text` and `labels`"),
    RealFile("doccano_import/text_classification/example_fasttext.txt", "fasttext", {"format": "lines"}),
    RealFile("doccano_import/text_classification/example.csv", "tilth", note="`text` and `label`"),
    RealFile(
        "doccano_import/text_classification/example.invalid.2.csv", refused="found 3 cells, expected 2 as in the header"
    ),
    RealFile("doccano_import/seq2seq/example.json*", "doccano-seq2seq", {"dialect": "doccano-seq2seq"}),
    RealFile("doccano_import/relation_extraction/example.jsonl", "doccano", note="relations"),
    RealFile("doccano_import/intent/example.jsonl", "doccano", note="entities with cats"),
    RealFile("doccano_import/data_export/pipeline/examples/intent_detection/example.jsonl", "doccano"),
    RealFile("doccano_import/data_export/pipeline/examples/sequence_labeling/example.jsonl", "doccano"),
    RealFile("doccano_import/data_export/pipeline/examples/text_classification/example.json*", "doccano"),
    RealFile(
        "doccano_import/data_export/pipeline/examples/bounding_box/example.jsonl", refused="this is one JSON document"
    ),
    RealFile("label_studio_converter/test_export_csv/csv_test2.json", "label-studio", note="choices of a song"),
    RealFile("label_studio_converter/test_export_csv/csv_test_*.json", "label-studio", note="choices"),
    RealFile("label_studio_converter/test_export_json_min/chat_data.json", "label-studio", note="a conversation"),
    RealFile("label_studio_converter/test_export_csv/csv_test.json", refused=f"{NO_TEXT}: rectanglelabels"),
    RealFile("label_studio_converter/test_export_coco/data.json", refused=NO_TEXT),
    RealFile("label_studio_converter/test_export_doclang/data.json", refused=f"{NO_TEXT}: rectanglelabels"),
    RealFile("label_studio_converter/test_export_json_min/data*.json", refused=NO_TEXT),
    RealFile("snips_nlu/train_*.json", "snips"),
    RealFile("snips_nlu/validate_*.json", "snips"),
    RealFile("presidio_pii_share/generated_small.json", "presidio", note="one value is not at its offsets"),
    RealFile("bitext_support_intents/*.csv", "bitext", note="values in another case than the text"),
    RealFile(
        "clinc150_share/data_small.json.gz", "tilth", {"format": "pairs", "table": "train"}, note="by `--from pairs`"
    ),
]

QUESTIONS = [
    RealFile("xquad_en/xquad.*.json", "squad-articles"),
    RealFile("qa_fixtures/allennlp/squad.json", "squad-articles"),
    RealFile("qa_fixtures/allennlp/quac_sample.json", "squad-articles", note="QuAC"),
    RealFile("qa_fixtures/allennlp/drop.json", refused="no dialect fits rows with the fields history_319"),
    RealFile("qa_fixtures/farm/*.json", "squad-articles", note="two with a wrong answer or offset"),
    RealFile("qa_fixtures/farm/nq_dev_sample.jsonl", refused="no dialect fits rows with the fields document_text"),
    RealFile("nq_open/*.jsonl", "nq-open"),
    RealFile("mmlu_redux_share/*.csv", refused="answer is the place of one of the choices"),
]

ANNOTATIONS = [*TAGS, *SPANS, *QUESTIONS]
