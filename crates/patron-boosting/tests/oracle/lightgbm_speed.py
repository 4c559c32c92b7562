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
    mu, y = model.predict(held_out[0]), held_out[1]
    return fit_time, predict_time, np.mean(2 * np.sqrt(mu) + 2 * y / np.sqrt(mu))


def ours(program, rows, columns, name):
    run = subprocess.run([program, str(rows), str(columns), name], capture_output=True, text=True, check=True)
    return [float(field) for field in run.stdout.split()]


SAMPLED = dict(bagging_fraction=0.8, bagging_freq=1, feature_fraction=0.8)
program, repeats = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
print("rows x columns, rows seen: fit ours, theirs, ratio; predict ours, theirs, ratio; held-out loss ours, theirs")
for rows, columns, name, sampling in [
    (16_000, 15, "all", {}), (16_000, 15, "sampled", SAMPLED), (200_000, 40, "all", {}), (200_000, 40, "sampled", SAMPLED)
]:
    training, held_out = data(0, rows, columns), data(rows, HELD_OUT, columns)
    pairs = []
    for _ in range(repeats):
        pairs.append((ours(program, rows, columns, name), theirs(SETTINGS | sampling, training, held_out)))
    (our_fit, our_predict, our_loss), (fit, predict, loss) = np.median(pairs, axis=0)
    times = np.array(pairs)[:, :, :2]
    fit_ratio, predict_ratio = np.median(times[:, 0] / times[:, 1], axis=0)
    print(
        f"{rows} x {columns}, {name}: {our_fit:.3f} s, {fit:.3f} s, {fit_ratio:.2f}; "
        f"{our_predict:.4f} s, {predict:.4f} s, {predict_ratio:.2f}; {our_loss:.5f}, {loss:.5f}",
        flush=True,
    )
