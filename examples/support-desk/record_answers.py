"""Records `answers.jsonl`: the hand-written answers of `answers.yaml`, as the self-instruct step asks for them.

    python examples/support-desk/record_answers.py [RECIPE]

The steps before self-instruct are run, then the step itself asks a server on this machine that knows nothing but
`answers.yaml`. What its ledger holds afterwards is exported. To be run again when the rows, the step's options or its
prompts change: an answer belongs to the exact request that it was given to.
"""

import json
import sys
import tempfile
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from tilth.formats import Dataset
from tilth.generators.answers import export_answers
from tilth.operation import Options
from tilth.recipes.recipe import load_recipe
from tilth.recipes.runner import run
from tilth.recipes.step_folder import table_files

HERE = Path(__file__).parent
STEP = "self-instruct"


def main(recipe_path: Path) -> None:
    """Record, and say what was recorded."""
    recipe = load_recipe(recipe_path)
    names = [step.operation.name for step in recipe.steps]
    before, step = recipe.steps[: names.index(STEP)], recipe.steps[names.index(STEP)]
    with tempfile.TemporaryDirectory() as folder:
        run(replace(recipe, steps=before), Path(folder) / "run")
        (table,) = table_files(sorted((Path(folder) / "run" / "steps").glob("[0-9]*"))[-1])
        ledger = Path(folder) / "ledger.sqlite"
        with StandIn(yaml.safe_load((HERE / "answers.yaml").read_text(encoding="utf-8"))) as server:
            # One at a time: the proposals of `answers.yaml` are given out in their order.
            live: dict[str, Any] = {"answers": None, "endpoint": server.url, "ledger": ledger, "concurrency": 1}
            options: Options = step.options.model_copy(update=live)
            outcome = step.operation.run(Dataset.open(table, dialect="tilth"), options)
        codes = sorted(row.reason.code for row in outcome.set_aside)
        print(f"{outcome.rows_kept} kept, {len(codes)} set aside: {', '.join(codes)}")
        print(f"{export_answers(ledger, HERE / 'answers.jsonl', overwrite=True)} answers recorded")


class StandIn:
    """An endpoint that says what a file says."""

    def __init__(self, script: dict[str, Any]) -> None:
        self._proposals, self._answers = list(script["proposals"]), script["answers"]
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                body = json.dumps(stand_in.reply(request), ensure_ascii=False).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> "StandIn":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, request: dict[str, Any]) -> dict[str, Any]:
        """A chat completion. Its fingerprint says what it is."""
        message = {"role": "assistant", "content": self._content(request["messages"][-1]["content"])}
        return {
            "id": "written-by-hand",
            "object": "chat.completion",
            "created": 0,
            "model": request["model"],
            "system_fingerprint": "written by hand for the demo; no model was asked",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        }

    def _content(self, prompt: str) -> str:
        if "Task: " not in prompt:
            return json.dumps({"tasks": self._proposals.pop(0)}, ensure_ascii=False)
        # The task at hand is the last one; those before it are examples.
        answer = self._answers[prompt.rsplit("Task: ", 1)[1].split("\n")[0]]
        if "Answer with Yes or No only" in prompt:
            return "Yes" if answer.get("labels") else "No"
        return json.dumps(
            {"instances": [{"input": answer.get("input", ""), "output": answer["output"]}]}, ensure_ascii=False
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "recipe.yaml")
