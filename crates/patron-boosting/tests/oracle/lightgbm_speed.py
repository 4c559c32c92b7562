"""CPU seconds of LightGBM and of ours on one thread, alternately, and their losses on 20,000 held-out rows.

    cargo build --release -p patron-boosting --example speed
    RAYON_NUM_THREADS=1 OMP_NUM_THREADS=1 python lightgbm_speed.py target/release/examples/speed [REPEATS]

LightGBM 4.7.0 with numpy; the data and settings are those of benches/common. `fit` is binning and trees for both
(LightGBM from a C-contiguous float64 array, as ours); medians over the repeats, and the median of the paired ratios.
"""

import subprocess
import sys
import time

import lightgbm as lgb
import numpy as np

SETTINGS = dict(
    objective="tweedie", tweedie_variance_power=1.5, learning_rate=0.05, num_leaves=15, min_data_in_leaf=30,
    lambda_l2=1.0, max_bin=255, min_data_in_bin=1, num_threads=1, verbose=-1,
)
HELD_OUT = 20_000


def uniform(index):
    with np.errstate(over="ignore"):
        z = index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def data(first, rows, columns):
    x = uniform(np.arange(first * columns + 1, (first + rows) * columns + 1)).reshape(rows, columns)
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    chance = uniform((1 << 40) + np.arange(first, first + rows))
    x[:, 3::5] = np.floor(x[:, 3::5] * 20)
    x[:, 4::5] = np.where(x[:, 4::5] < 0.1, np.nan, x[:, 4::5])
    return x, np.where(chance < 0.5, 0.0, y * (0.5 + chance))


def seconds(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def theirs(settings, training, held_out):
    x, y = training
    fit_time, model = seconds(
        lambda: lgb.train(settings, lgb.Dataset(x, y, params=settings).construct(), num_boost_round=100)
    )
    predict_time, _ = seconds(lambda: model.predict(x, num_threads=1))
    explain_time, _ = seconds(lambda: model.predict(held_out[0], pred_contrib=True, num_threads=1))
    mu, y = model.predict(held_out[0]), held_out[1]
    if settings["objective"] == "regression_l1":
        return fit_time, predict_time, explain_time, np.mean(np.abs(y - mu))
    return fit_time, predict_time, explain_time, np.mean(2 * np.sqrt(mu) + 2 * y / np.sqrt(mu))


def ours(program, rows, columns, name):
    run = subprocess.run([program, str(rows), str(columns), name], capture_output=True, text=True, check=True)
    return [float(field) for field in run.stdout.split()]


def kinds(columns):
    return dict(
        all={},
        sampled=dict(bagging_fraction=0.8, bagging_freq=1, feature_fraction=0.8),
        monotone=dict(monotone_constraints=[int(column == 3) for column in range(columns)]),
        absolute=dict(objective="regression_l1"),
    )


program, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
print("rows x columns, kind: ours / theirs = ratio (of CPU seconds); loss on held-out rows, which are also explained")
for rows, columns in [(16_000, 15), (200_000, 40)]:
    training, held_out = data(0, rows, columns), data(rows, HELD_OUT, columns)
    for name, changes in kinds(columns).items():
        pairs = []
        for _ in range(repeats):
            pairs.append((ours(program, rows, columns, name), theirs(SETTINGS | changes, training, held_out)))
        pairs = np.array(pairs)
        medians, ratios = np.median(pairs, axis=0), np.median(pairs[:, 0] / pairs[:, 1], axis=0)
        parts = [
            f"{part} {medians[0, index]:.4f} / {medians[1, index]:.4f} = {ratios[index]:.2f}"
            for index, part in enumerate(["fit", "predict", "explain"])
        ]
        print(
            f"{rows} x {columns}, {name}: {'; '.join(parts)}; loss {medians[0, 3]:.5f} / {medians[1, 3]:.5f}", flush=True
        )
