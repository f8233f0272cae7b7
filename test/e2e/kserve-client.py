"""Calls a scorer as users of KServe's clients do, and prints what they found as one JSON object.

Usage: kserve-client.py HTTP_URL GRPC_HOST:PORT MODEL, with the rows (lists of numbers, null for NaN) as JSON on stdin.
"""

import asyncio
import json
import sys

import grpc
import httpx
import numpy as np
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

url, grpc_url, model = sys.argv[1:4]
rows = np.array([[np.nan if value is None else value for value in row] for row in json.load(sys.stdin)], np.float32)
whole = rows[~np.isnan(rows).any(axis=1)]

PLAIN = {"name": "features", "shape": [1, 20], "datatype": "FP32", "data": whole[0].tolist()}


def asked(values, binary, name=model, version=None):
    tensor = InferInput("features", list(values.shape), "FP32")
    tensor.set_data_from_numpy(values, binary_data=binary)
    outputs = [RequestedOutput("probability", {"binary_data": binary})]
    return InferRequest(name, [tensor], request_id="r1", request_outputs=outputs, model_version=version)


def found_of(answer):
    output = answer.outputs[0]
    return [answer.id, answer.model_name, output.name, output.as_numpy().ravel().tolist()]


async def refused(call):
    try:
        await call
    except httpx.HTTPStatusError as error:
        return [str(error.response.status_code), error.response.text]
    except grpc.RpcError as error:
        return [str(error.code()), error.details()]
    return None


async def by_rest():
    client = InferenceRESTClient(RESTConfig(protocol="v2", retries=0))
    found = {
        "live": await client.is_server_live(url),
        "ready": await client.is_server_ready(url),
        "model_ready": await client.is_model_ready(url, model),
        "json": found_of(await client.infer(url, asked(whole, False), model_name=model)),
        "binary": found_of(await client.infer(url, asked(rows, True), model_name=model)),
        "plain": found_of(await client.infer(url, {"inputs": [PLAIN]}, model_name=model)),
        "shape": await refused(client.infer(url, asked(whole[:, :3], False), model_name=model)),
        "nobody": await refused(client.infer(url, asked(whole, False, "nobody"), model_name="nobody")),
    }
    await client.close()
    return found


async def by_grpc():
    client = InferenceGRPCClient(grpc_url, retries=0)
    found = {
        "live": await client.is_server_live(),
        "ready": await client.is_server_ready(),
        "model_ready": await client.is_model_ready(model),
        "typed": found_of(await client.infer(asked(rows, False))),
        "raw": found_of(await client.infer(asked(rows, True))),
        "shape": await refused(client.infer(asked(whole[:, :3], False))),
        "nobody": await refused(client.infer(asked(whole, False, "nobody"))),
    }
    await client.close()
    return found


async def both():
    print(json.dumps({"rest": await by_rest(), "grpc": await by_grpc()}))


asyncio.run(both())
