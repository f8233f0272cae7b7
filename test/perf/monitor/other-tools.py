"""What Evidently, NannyML and single-window tests say of windows of rows, by their documented default API.

usage: other-tools.py FOLDER
FOLDER/index.json: {"features", "reference", "sets": [{"name", "file", "rows", "windows", "unchanged"}]}; files are float32, row by row.
Prints a JSON line per set and tool: the largest statistic over the features of each window, and which windows alarm.
"""

import json
import os
import sys
import warnings

os.environ["DO_NOT_TRACK"] = "1"
os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

import nannyml as nml  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from evidently import Report  # noqa: E402
from evidently.metrics import DriftedColumnsCount  # noqa: E402
from scipy.stats import ks_2samp, wasserstein_distance  # noqa: E402


def evidently(reference, windows):
    """How many columns have drifted by the test that Evidently chooses; a data set drifts with half of its columns."""
    counts = [Report([DriftedColumnsCount()]).run(window, reference).dict()["metrics"][0]["value"] for window in windows]
    yield "Evidently, any column", None, [drifted["count"] > 0 for drifted in counts]
    yield "Evidently, half of the columns", None, [drifted["share"] >= 0.5 for drifted in counts]


def nannyml(reference, windows):
    """Univariate drift as it comes: Jensen-Shannon, alarm at mean + 3 sd of the reference's own chunks; a chunk a window."""
    names = list(reference.columns)
    calculator = nml.UnivariateDriftCalculator(column_names=names, chunk_size=len(windows[0]))
    result = calculator.fit(reference).calculate(pd.concat(windows, ignore_index=True))
    frame = result.filter(period="analysis").to_df()
    values = frame[[(name, "jensen_shannon", "value") for name in names]].to_numpy(dtype=float)
    alerts = frame[[(name, "jensen_shannon", "alert") for name in names]].to_numpy(dtype=bool)
    yield "NannyML, any column", values.max(axis=1).tolist(), alerts.any(axis=1).tolist()


def kolmogorov_smirnov(reference, windows):
    """Two-sample KS per column and window, alarm at p < 0.05."""
    tests = [[ks_2samp(reference[name], window[name], method="asymp") for name in reference.columns] for window in windows]
    alarms = [min(test.pvalue for test in window) < 0.05 for window in tests]
    yield "KS p < 0.05, any column", [max(test.statistic for test in window) for window in tests], alarms


def wasserstein(reference, windows):
    """What Evidently measures with more than 1,000 reference rows: W1 over the reference's sd, alarm at 0.1."""
    scale = reference.std(ddof=0)
    scores = [
        max(wasserstein_distance(reference[name], window[name]) / scale[name] for name in reference.columns)
        for window in windows
    ]
    yield "W1 / sd > 0.1, any column", scores, [score > 0.1 for score in scores]


def main(folder):
    with open(f"{folder}/index.json") as file:
        index = json.load(file)
    names = [f"x{i}" for i in range(index["features"])]

    def read(file):
        rows = np.fromfile(f"{folder}/{file}", dtype="<f4").astype(float).reshape(-1, len(names))
        return pd.DataFrame(rows, columns=names)

    reference = read(index["reference"])
    for item in index["sets"]:
        rows = read(item["file"])
        size = item["rows"]
        windows = [rows.iloc[i * size : (i + 1) * size].reset_index(drop=True) for i in range(item["windows"])]
        tools = [nannyml, kolmogorov_smirnov, wasserstein] + ([evidently] if item["unchanged"] else [])
        for tool in tools:
            for name, scores, alarms in tool(reference, windows):
                line = {"set": item["name"], "tool": name, "scores": scores, "alarms": [bool(alarm) for alarm in alarms]}
                print(json.dumps(line), flush=True)


main(sys.argv[1])
