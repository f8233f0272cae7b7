"""Bodies that mean something to the flights example.

A document says what a body looks like; which events there are, and what the model takes, is the pipeline file's. So where
Schemathesis has made a body that fits the document, its heart is replaced by one that fits the example, too; whatever is around
it stays. Bodies that are made to be wrong stay as they are.
"""

import json

import schemathesis

WIDTH = 20
TENSOR = {"name": "features", "datatype": "FP32", "shape": [1, WIDTH], "data": [0.5] * WIDTH}
EVENT = {
    "type": "departure_due", "at": "2013-12-23T05:31:00Z", "id": "2013-12-23-AA-301-LGA", "carrier": "AA", "flight": 301,
    "tailnum": "N3CGAA", "origin": "LGA", "dest": "ORD", "sched_dep": "2013-12-23T06:31:00Z", "distance": 733, "seats": None,
}  # fmt: skip


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.operation.path.endswith("/infer"):
        fill_inference(case)
    if case.operation.path.endswith("/silences"):
        case.body = {**case.body, "signal": "wind_speed", "for": "2h"}
    if case.operation.path.endswith("/events"):
        case.body = events(case.media_type, case.body)


def fill_inference(case):
    if case.media_type == "application/json" and isinstance(case.body, dict):
        outputs = [{**output, "name": "probability"} for output in case.body.get("outputs", [])[:1]]
        case.body = {**case.body, "inputs": [TENSOR], "outputs": outputs}
    if case.media_type == "application/octet-stream":
        case.body = bytes(4 * WIDTH)
        case.headers["inference-header-content-length"] = "0"


def events(media_type, body):
    if media_type == "application/json":
        return [EVENT for _ in body] if isinstance(body, list) else EVENT
    if media_type == "application/cloudevents+json":
        return {**body, "type": EVENT["type"], "data": EVENT}
    if media_type == "application/cloudevents-batch+json":
        return [{**event, "type": EVENT["type"], "data": EVENT} for event in body]
    return f"{json.dumps(EVENT)}\n{json.dumps(EVENT)}\n"
