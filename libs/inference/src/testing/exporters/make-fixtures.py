"""Small models as scikit-learn's, LightGBM's and XGBoost's exporters write them, and what the libraries themselves say.

    python3 -m venv VENV && VENV/bin/pip install -r requirements.txt && VENV/bin/python make-fixtures.py

writes NAME.onnx and NAME.json beside this file: rows, and the label and probability (or value) of each by `predict` and
`predict_proba`. No ONNX runtime takes part.
"""

import json
from pathlib import Path

import lightgbm
import numpy
import onnxmltools
import pandas
import xgboost
from onnxmltools.convert.common import data_types as onnxml
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = Path(__file__).parent
FEATURES = 4
SHOWN = 12
OPSET = {"": 17, "ai.onnx.ml": 3}
WORDS = numpy.array(["late", "early", "on time"])

random = numpy.random.default_rng(7)
rows = random.normal(size=(400, FEATURES)).astype(numpy.float32)
score = rows[:, 0] - 0.5 * rows[:, 1] + 0.3 * random.normal(size=400)
two = (score > 0).astype(numpy.int64)
three = numpy.digitize(score, [-0.6, 0.6]).astype(numpy.int64)
words = WORDS[three]


def write(name, onnx, model, inputs, answers):
    """`inputs` by name, as many rows as are shown; `answers` gives label and probabilities, or the value."""
    (HERE / f"{name}.onnx").write_bytes(onnx.SerializeToString())
    about = {"inputs": {key: numpy.asarray(value).tolist() for key, value in inputs.items()}, **answers}
    (HERE / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n")


def classes(model, shown, labels=None):
    found = model.predict(shown)
    known = model.classes_ if labels is None else labels
    return {
        "classes": [str(one) for one in known],
        "label": [str(one) for one in found],
        "probabilities": numpy.asarray(model.predict_proba(shown), numpy.float64).tolist(),
    }


def value(model, shown):
    return {"value": numpy.asarray(model.predict(shown), numpy.float64).tolist()}


def sklearn(name, model, target, **options):
    shown = rows[:SHOWN]
    model.fit(rows, target)
    onnx = to_onnx(
        model, initial_types=[("X", FloatTensorType([None, FEATURES]))], target_opset=OPSET, **options
    )
    answers = classes(model, shown) if hasattr(model, "predict_proba") else value(model, shown)
    write(name, onnx, model, {"X": shown}, answers)


def plain(model):
    return {"options": {type(model): {"zipmap": False}}}


sklearn("logistic", LogisticRegression(), two)
sklearn("logistic-words", LogisticRegression(), words)
sklearn("logistic-plain", LogisticRegression(), words, **plain(LogisticRegression()))
sklearn("logistic-columns", LogisticRegression(), words, options={LogisticRegression: {"zipmap": "columns"}})
sklearn("forest", RandomForestClassifier(4, max_depth=3, random_state=1), three)
sklearn("forest-plain", RandomForestClassifier(4, max_depth=3, random_state=1), two, **plain(RandomForestClassifier()))
sklearn("forest-value", RandomForestRegressor(4, max_depth=3, random_state=1), score)
sklearn("bayes-plain", GaussianNB(), words, **plain(GaussianNB()))

# an input per column, as pipelines of data frames have it
frame = pandas.DataFrame(
    {
        "distance": rows[:, 0],
        "hour": random.integers(0, 24, 400),
        "carrier": numpy.array(["AA", "B6", "UA"])[random.integers(0, 3, 400)],
    }
)
columns = make_pipeline(
    ColumnTransformer(
        [
            ("numbers", StandardScaler(), ["distance", "hour"]),
            ("words", OneHotEncoder(handle_unknown="ignore"), ["carrier"]),
        ]
    ),
    LogisticRegression(),
)
columns.fit(frame, words)
write(
    "columns",
    to_onnx(
        columns,
        initial_types=[
            ("distance", FloatTensorType([None, 1])),
            ("hour", Int64TensorType([None, 1])),
            ("carrier", StringTensorType([None, 1])),
        ],
        target_opset=OPSET,
    ),
    columns,
    {name: frame[name][:SHOWN].to_list() for name in frame},
    classes(columns, frame[:SHOWN]),
)


def boosted(name, model, target, convert):
    model.fit(rows, target)
    onnx = convert(model, initial_types=[("input", onnxml.FloatTensorType([None, FEATURES]))], target_opset=15)
    shown = rows[:SHOWN]
    answers = classes(model, shown) if hasattr(model, "predict_proba") else value(model, shown)
    write(name, onnx, model, {"input": shown}, answers)


small = {"n_estimators": 5, "max_depth": 3, "random_state": 1}
boosted("lightgbm", lightgbm.LGBMClassifier(**small, verbose=-1), two, onnxmltools.convert_lightgbm)
boosted("lightgbm-words", lightgbm.LGBMClassifier(**small, verbose=-1), words, onnxmltools.convert_lightgbm)
boosted("lightgbm-value", lightgbm.LGBMRegressor(**small, verbose=-1), score, onnxmltools.convert_lightgbm)
boosted("xgboost", xgboost.XGBClassifier(**small), two, onnxmltools.convert_xgboost)
boosted("xgboost-three", xgboost.XGBClassifier(**small), three, onnxmltools.convert_xgboost)
boosted("xgboost-value", xgboost.XGBRegressor(**small), score, onnxmltools.convert_xgboost)
