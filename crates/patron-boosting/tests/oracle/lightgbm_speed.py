"""CPU seconds of LightGBM on one thread, on the data and settings of benches/fit.rs.

    OMP_NUM_THREADS=1 python lightgbm_speed.py

`bin` is the time to build LightGBM's binned data set, `train` that of the trees; our `fit` does both.
"""

import time

import lightgbm as lgb
import numpy as np

SETTINGS = dict(
    objective="tweedie", tweedie_variance_power=1.5, learning_rate=0.05, num_leaves=15, min_data_in_leaf=30,
    lambda_l2=1.0, max_bin=255, min_data_in_bin=1, num_threads=1, verbose=-1,
)


def uniform(index):
    with np.errstate(over="ignore"):
        z = index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def data(rows, columns):
    x = uniform(np.arange(1, rows * columns + 1)).reshape(rows, columns)
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    chance = uniform((1 << 40) + np.arange(rows))
    x[:, 3::5] = np.floor(x[:, 3::5] * 20)
    x[:, 4::5] = np.where(x[:, 4::5] < 0.1, np.nan, x[:, 4::5])
    return x, np.where(chance < 0.5, 0.0, y * (0.5 + chance))


def seconds(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


SAMPLED = dict(bagging_fraction=0.8, bagging_freq=1, feature_fraction=0.8)
CASES = [(16_000, 15, {}, 5), (16_000, 15, SAMPLED, 5), (200_000, 40, {}, 3)]
for rows, columns, sampling, repeats in CASES:
    x, y = data(rows, columns)
    times = []
    for _ in range(repeats):
        settings = SETTINGS | sampling
        bin_time, dataset = seconds(lambda: lgb.Dataset(x, y, params=settings).construct())
        train_time, model = seconds(lambda: lgb.train(settings, dataset, num_boost_round=100))
        predict_time, _ = seconds(lambda: model.predict(x, num_threads=1))
        times.append((bin_time, train_time, predict_time))
    bin_time, train_time, predict_time = np.median(times, axis=0)
    print(
        f"{rows}x{columns} {'sampled' if sampling else 'all'}: bin {bin_time:.4f} s, train {train_time:.4f} s, "
        f"together {bin_time + train_time:.4f} s, predict {predict_time:.4f} s"
    )
