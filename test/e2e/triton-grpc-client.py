"""Calls a scorer as users of Triton's gRPC client do, and prints what it found as one JSON object.

Usage: triton-grpc-client.py HOST:PORT MODEL, with the rows (lists of numbers, null for NaN) as JSON on stdin.
"""

import asyncio
import json
import queue
import sys

import numpy as np
import tritonclient.grpc as grpc
import tritonclient.grpc.aio as aio
from tritonclient.grpc import service_pb2, service_pb2_grpc
from tritonclient.utils import np_to_triton_dtype

url, model = sys.argv[1:3]
rows = np.array([[np.nan if value is None else value for value in row] for row in json.load(sys.stdin)], np.float32)
client = grpc.InferenceServerClient(url)
found = {}


def input_of(values, module=grpc):
    tensor = module.InferInput("features", values.shape, np_to_triton_dtype(values.dtype))
    return tensor.set_data_from_numpy(values)


def scores_of(result):
    return result.as_numpy("probability").ravel().tolist()


def refused(call):
    try:
        call()
    except grpc.InferenceServerException as error:
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
found["server"] = client.get_server_metadata(as_json=True)
found["metadata"] = client.get_model_metadata(model, as_json=True)
found["config"] = client.get_model_config(model, as_json=True)["config"]
found["index"] = client.get_model_repository_index(as_json=True)["models"]

found["scores"] = {}
output = grpc.InferRequestedOutput("probability")
for coding in (None, "gzip", "deflate"):
    result = client.infer(
        model, [input_of(rows)], outputs=[output], request_id="r1", priority=1, timeout=5_000_000, compression_algorithm=coding
    )
    scores = result.as_numpy("probability")
    found["scores"][str(coding)] = [str(scores.dtype), list(scores.shape), scores.ravel().tolist()]
    found["id"] = result.get_response().id

many = np.repeat(rows, 400, axis=0)
scores = client.infer(model, [input_of(many)]).as_numpy("probability").reshape(len(rows), -1)
found["large"] = [scores.min(axis=1).tolist(), scores.max(axis=1).tolist()]

answers = queue.Queue()
client.async_infer(model, [input_of(rows)], lambda result, error: answers.put(error or result), model_version="1")
found["async"] = scores_of(answers.get(timeout=20))

context = client.async_infer(model, [input_of(many)], lambda result, error: answers.put(error or result))
context.cancel()
found["cancelled"] = answers.get(timeout=20).status()

client.start_stream(lambda result, error: answers.put(error or result))
for place, row in enumerate(rows):
    client.async_stream_infer(model, [input_of(row[np.newaxis])], request_id=str(place))
client.async_stream_infer(model, [input_of(rows[:, :3])])
client.async_stream_infer(model, [input_of(rows)], request_id="last")
streamed = [answers.get(timeout=20) for _ in range(len(rows) + 2)]
client.stop_stream()
*singles, wrong, last = streamed
found["stream"] = {
    "ids": [result.get_response().id for result in singles],
    "scores": [scores_of(result)[0] for result in singles],
    "wrong": wrong.message(),
    "last": scores_of(last),
}


async def with_aio():
    async with aio.InferenceServerClient(url) as asked:
        found["aio_ready"] = [await asked.is_server_ready(), await asked.is_model_ready(model)]
        found["aio"] = scores_of(await asked.infer(model, [input_of(rows, aio)]))

        async def requests():
            for row in rows:
                yield {"model_name": model, "inputs": [input_of(row[np.newaxis], aio)]}

        found["aio_stream"] = [scores_of(result)[0] async for result, _ in asked.stream_infer(requests())]


asyncio.run(with_aio())

# as grpc_explicit_int_content_client.py of Triton's examples has it: typed contents, without the client's help
stub = service_pb2_grpc.GRPCInferenceServiceStub(client._channel)
request = service_pb2.ModelInferRequest(model_name=model)
tensor = request.inputs.add(name="features", datatype="FP32", shape=rows.shape)
tensor.contents.fp32_contents.extend(rows.ravel().tolist())
found["typed"] = np.frombuffer(stub.ModelInfer(request).raw_output_contents[0], np.float32).tolist()

classes = grpc.InferRequestedOutput("probability", class_count=1)
result = client.infer(model, [input_of(rows[:1])], outputs=[classes])
found["classes"] = [text.decode() for text in result.as_numpy("probability").ravel()]

found["statistics"] = client.get_inference_statistics(model, as_json=True)
found["refused"] = {
    "shape": refused(lambda: client.infer(model, [input_of(rows[:, :3])])),
    "type": refused(lambda: client.infer(model, [input_of(rows.astype(np.float64))])),
    "model": refused(lambda: client.infer("nobody", [input_of(rows)])),
    "version": refused(lambda: client.infer(model, [input_of(rows)], model_version="7")),
    "output": refused(lambda: client.infer(model, [input_of(rows)], outputs=[grpc.InferRequestedOutput("p")])),
    "late": refused(lambda: client.infer(model, [input_of(many)], client_timeout=1e-6)),
    "too_large": refused(lambda: client.infer(model, [input_of(np.zeros((220_000, 20), np.float32))])),
    "load": refused(lambda: client.load_model("nobody")),
    "unload": refused(lambda: client.unload_model(model)),
    "shared_memory": refused(lambda: client.get_system_shared_memory_status()),
}
print(json.dumps(found))
