"""make-models.py FOLDER: the two models of the benchmark, as exporters write them.

trees/1/model.onnx   16 features, 100 trees of 31 leaves (scikit-learn): float32 [N, 16] -> variable [N, 1]
ffnn/1/model.onnx    784 -> 32 -> 32 -> 32 -> 10, ReLU and softmax: float32 [N, 784] -> probabilities [N, 10]
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.ensemble import GradientBoostingRegressor

OPSET = 17


def trees(random: np.random.Generator) -> onnx.ModelProto:
    rows = random.normal(size=(10_000, 16)).astype(np.float32)
    values = rows @ random.normal(size=16) + np.sin(3 * rows[:, 0]) + random.normal(size=len(rows))
    learner = GradientBoostingRegressor(n_estimators=100, max_depth=None, max_leaf_nodes=31, random_state=1)
    return to_onnx(learner.fit(rows, values), rows[:1], target_opset=OPSET)


def ffnn(random: np.random.Generator) -> onnx.ModelProto:
    widths = [784, 32, 32, 32, 10]
    nodes, weights, name = [], [], "features"
    for layer, (wide, narrow) in enumerate(zip(widths, widths[1:])):
        last = layer == len(widths) - 2
        scale = np.sqrt(2 / wide)
        weights.append(numpy_helper.from_array((random.normal(size=(wide, narrow)) * scale).astype(np.float32), f"w{layer}"))
        weights.append(numpy_helper.from_array(np.zeros(narrow, np.float32), f"b{layer}"))
        nodes.append(helper.make_node("Gemm", [name, f"w{layer}", f"b{layer}"], [f"z{layer}"]))
        name = "probabilities" if last else f"a{layer}"
        nodes.append(helper.make_node("Softmax" if last else "Relu", [f"z{layer}"], [name]))
    graph = helper.make_graph(
        nodes,
        "ffnn",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", widths[0]])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", widths[-1]])],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)


random = np.random.default_rng(1)
for title, make in {"trees": trees, "ffnn": ffnn}.items():
    folder = Path(sys.argv[1]) / title / "1"
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(make(random), folder / "model.onnx")
