"""Does what Triton's examples do with the model `simple`, and prints what it found as one JSON object.

Usage: triton-simple.py HTTP-HOST:PORT GRPC-HOST:PORT
"""

import asyncio
import json
import queue
import sys

import numpy as np
import tritonclient.grpc as grpc
import tritonclient.grpc.aio as grpc_aio
import tritonclient.http as http
import tritonclient.http.aio as http_aio

left = np.arange(16, dtype=np.int32).reshape(1, 16)
right = np.full((1, 16), 3, dtype=np.int32)
right[0, 15] = np.iinfo(np.int32).max


def inputs_of(module, binary=None):
    tensors = [module.InferInput(f"INPUT{i}", [1, 16], "INT32") for i in range(2)]
    more = {} if binary is None else {"binary_data": binary}
    for tensor, values in zip(tensors, (left, right)):
        tensor.set_data_from_numpy(values, **more)
    return tensors


def read(result):
    found = [result.as_numpy(f"OUTPUT{i}") for i in range(2)]
    return [bool((found[0] == left + right).all() and (found[1] == left - right).all()), str(found[0].dtype)]


def flow(client, module, forms):
    found = {"before": client.is_model_ready("simple")}
    client.load_model("simple")
    found["loaded"] = client.is_model_ready("simple")
    found["health"] = [client.is_server_live(), client.is_server_ready()]
    found["answers"] = [read(client.infer("simple", inputs_of(module, *form), request_id="1")) for form in forms]
    only = client.infer("simple", inputs_of(module), outputs=[module.InferRequestedOutput("OUTPUT1")])
    found["only"] = [only.as_numpy("OUTPUT0") is None, bool((only.as_numpy("OUTPUT1") == left - right).all())]
    return found


def unloaded(client):
    client.unload_model("simple")
    return client.is_model_ready("simple")


async def with_aio(module, host):
    async with module.InferenceServerClient(host) as client:
        return read(await client.infer("simple", inputs_of(module)))


def streamed(client):
    answers = queue.Queue()
    client.start_stream(lambda result, error: answers.put((result, error)))
    for _ in range(3):
        client.async_stream_infer("simple", inputs_of(grpc))
    found = [answers.get(timeout=20) for _ in range(3)]
    client.stop_stream()
    return [str(error) if error else read(result) for result, error in found]


by_http, by_grpc = http.InferenceServerClient(sys.argv[1]), grpc.InferenceServerClient(sys.argv[2])
found = {"http": flow(by_http, http, [[True], [False]])}
found["metadata"] = by_http.get_model_metadata("simple")
found["http"]["aio"] = asyncio.run(with_aio(http_aio, sys.argv[1]))
found["http"]["async"] = read(by_http.async_infer("simple", inputs_of(http)).get_result())
found["http"]["after"] = unloaded(by_http)
found["grpc"] = flow(by_grpc, grpc, [[]])
found["grpc"]["aio"] = asyncio.run(with_aio(grpc_aio, sys.argv[2]))
found["stream"] = streamed(by_grpc)
found["config"] = by_grpc.get_model_config("simple", as_json=True)["config"]
found["grpc"]["after"] = unloaded(by_grpc)
print(json.dumps(found))
