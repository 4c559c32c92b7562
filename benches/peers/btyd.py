"""The work of `cargo xtask bench btyd` with lifetimes.

    python btyd.py FILE WORK

FILE and WORK are those of crates/patron-models/examples/btyd_speed.rs, whose heading says what they hold; lifetimes has no
compression of its own. Prints one JSON object: CPU seconds of the work without reading and imports, the number that is held
against ours, and, where a fit gave up, why.
"""

import json
import os
import resource
import sys
import warnings

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
warnings.simplefilter("ignore")

import lifetimes
import pandas as pd

FILE, WORK = sys.argv[1:3]
CDNOW = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
HORIZON_WEEKS, COMPARED_WEEKS = 39, 52


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


table = pd.read_csv(FILE)
x, recency, age = table.x, table.recency / 7, table.age / 7


def buying(kind):
    model = kind()
    model.fit(x, recency, age)
    return float(model.expected_number_of_purchases_up_to_time(COMPARED_WEEKS))


def predict():
    model = lifetimes.BetaGeoFitter()
    model.params_ = pd.Series(CDNOW)
    expected = model.conditional_expected_number_of_purchases_up_to_time(HORIZON_WEEKS, x, recency, age)
    alive = model.conditional_probability_alive(x, recency, age)
    return float(pd.Series(expected).sum() + pd.Series(alive).sum())


def spend():
    repeat = table[table.x > 0]
    model = lifetimes.GammaGammaFitter()
    model.fit(repeat.x, repeat["mean"])
    p, q, v = model.params_[["p", "q", "v"]]
    return float(p * v / (q - 1))


works = {
    "bg-nbd": lambda: buying(lifetimes.BetaGeoFitter),
    "predict": predict,
    "gamma-gamma": spend,
    "pareto-nbd": lambda: buying(lifetimes.ParetoNBDFitter),
}
begun, found = cpu(), {}
try:
    found["check"] = works[WORK]()
except lifetimes.utils.ConvergenceError as error:
    found["gave_up"] = str(error).strip().splitlines()[0]
found["cpu"] = cpu() - begun
print(json.dumps(found))
