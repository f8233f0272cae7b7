"""Calls a scorer as users of Triton's client do, and prints what it found as one JSON object.

Usage: triton-client.py HOST:PORT MODEL, with the rows (lists of numbers, null for NaN) as JSON on stdin.
"""

import asyncio
import json
import sys

import numpy as np
import tritonclient.http as http
import tritonclient.http.aio as aio

url, model = sys.argv[1:3]
rows = np.array([[np.nan if value is None else value for value in row] for row in json.load(sys.stdin)], np.float32)
client = http.InferenceServerClient(url)
found = {}


def input_of(values, binary, module=http):
    tensor = module.InferInput("features", values.shape, http.np_to_triton_dtype(values.dtype))
    return tensor.set_data_from_numpy(values, binary_data=binary)


def refused(call):
    try:
        call()
    except http.InferenceServerException as error:
        return [error.status(), error.message()]
    return None


found["live"] = client.is_server_live()
found["ready"] = client.is_server_ready()
found["model_ready"] = [
    client.is_model_ready(model),
    client.is_model_ready(model, "1"),
    client.is_model_ready(model, "7"),
    client.is_model_ready("nobody"),
]
found["server"] = client.get_server_metadata()
found["metadata"] = client.get_model_metadata(model)
found["config"] = client.get_model_config(model)
found["index"] = client.get_model_repository_index()

found["scores"] = {}
for binary_input in (True, False):
    for binary_output in (True, False):
        for request_coding in (None, "gzip", "deflate"):
            for response_coding in (None, "gzip", "deflate"):
                output = http.InferRequestedOutput("probability", binary_data=binary_output)
                result = client.infer(
                    model,
                    [input_of(rows, binary_input)],
                    outputs=[output],
                    request_id="r1",
                    request_compression_algorithm=request_coding,
                    response_compression_algorithm=response_coding,
                )
                name = f"{binary_input} {binary_output} {request_coding} {response_coding}"
                scores = result.as_numpy("probability")
                found["scores"][name] = [str(scores.dtype), list(scores.shape), scores.ravel().tolist()]
                found["id"] = result.get_response()["id"]

found["large"] = {}
many = np.repeat(rows, 400, axis=0)
for coding in ("gzip", "deflate"):
    result = client.infer(model, [input_of(many, True)], response_compression_algorithm=coding)
    scores = result.as_numpy("probability").reshape(len(rows), -1)
    found["large"][coding] = [scores.min(axis=1).tolist(), scores.max(axis=1).tolist()]

found["async"] = client.async_infer(model, [input_of(rows, True)], model_version="1").get_result().as_numpy("probability").ravel().tolist()


async def with_aio():
    async with aio.InferenceServerClient(url) as asked:
        result = await asked.infer(model, [input_of(rows, True, aio)], response_compression_algorithm="gzip")
        return result.as_numpy("probability").ravel().tolist()


found["aio"] = asyncio.run(with_aio())

classes = http.InferRequestedOutput("probability", class_count=1)
found["classes"] = [text.decode() for text in client.infer(model, [input_of(rows[:1], True)], outputs=[classes]).as_numpy("probability").ravel()]

found["statistics"] = client.get_inference_statistics(model)
found["refused"] = {
    "shape": refused(lambda: client.infer(model, [input_of(rows[:, :3], True)])),
    "type": refused(lambda: client.infer(model, [input_of(rows.astype(np.float64), True)])),
    "model": refused(lambda: client.infer("nobody", [input_of(rows, True)])),
    "version": refused(lambda: client.infer(model, [input_of(rows, True)], model_version="7")),
    "output": refused(lambda: client.infer(model, [input_of(rows, True)], outputs=[http.InferRequestedOutput("p")])),
    "load": refused(lambda: client.load_model("nobody")),
    "unload": refused(lambda: client.unload_model(model)),
    "shared_memory": refused(lambda: client.get_system_shared_memory_status()),
}
print(json.dumps(found))
