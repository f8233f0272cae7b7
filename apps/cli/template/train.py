"""Makes models/duration/1 and sample.csv: pip install scikit-learn skl2onnx, then python train.py"""

import json, pathlib
import numpy as np
from skl2onnx import to_onnx
from sklearn.linear_model import LinearRegression

names = ["km", "hour", "zone_minutes_mean_1h", "driver_rides_8h"]
rng = np.random.default_rng(1)  # stands for your training data
X = np.column_stack([rng.uniform(1, 20, 5000), rng.integers(0, 24, 5000), rng.normal(15, 3, 5000), rng.poisson(6, 5000)])
y = 2 * X[:, 0] + 0.5 * X[:, 2] + rng.normal(0, 2, 5000)

model = to_onnx(LinearRegression().fit(X, y), X[:1].astype(np.float32))
folder = pathlib.Path("models/duration/1")
folder.mkdir(parents=True, exist_ok=True)
(folder / "model.onnx").write_bytes(model.SerializeToString())
(folder / "model.json").write_text(json.dumps({"features": names}) + "\n")
np.savetxt("sample.csv", X, delimiter=",", header=",".join(names), comments="")
