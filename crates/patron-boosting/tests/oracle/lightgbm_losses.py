"""Held-out losses of LightGBM on the data of tests/it/data.rs, as committed in lightgbm_losses.csv.
With the argument `stopping`, where early stopping ends, as committed in lightgbm_stopping.csv.

Run with LightGBM 4.7.0 and numpy, on one thread:

    OMP_NUM_THREADS=1 python lightgbm_losses.py > lightgbm_losses.csv

The data are functions of seed and index alone, so both languages make them without a file. Losses are those of
`Loss::mean_loss`; `training` is the mean prediction on the training rows over their mean target, under absolute error
and quantile loss the share of their targets below the prediction.
"""

import sys

import lightgbm as lgb
import numpy as np

ROWS = 4000
SETTINGS = dict(
    learning_rate=0.1, num_leaves=15, min_data_in_leaf=20, min_sum_hessian_in_leaf=1e-3, lambda_l2=1.0,
    max_bin=255, min_data_in_bin=1, feature_pre_filter=False, num_threads=1, deterministic=True, verbose=-1,
)


def uniform(seed, index):
    with np.errstate(over="ignore"):
        z = (np.uint64(seed << 32) + index.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def friedman(seed, rows):
    x = uniform(seed, np.arange(rows * 10)).reshape(rows, 10)
    noise = (uniform(seed + 1000, np.arange(rows)) - 0.5) * np.sqrt(12.0)
    return x, 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4] + noise


def spend(seed, rows):
    x, row = uniform(seed, np.arange(rows * 5)).reshape(rows, 5), np.arange(rows)
    buys = uniform(seed + 2000, row) < 0.2 + 0.6 * x[:, 0]
    amount = 50 * np.exp(2 * x[:, 1]) * -np.log(1 - uniform(seed + 3000, row))
    return x, np.where(buys, amount, 0.0)


def with_missing(data):
    x, y = data
    return np.where(x < 0.2, np.nan, x), y


def positive(data):
    x, y = data
    return x[y > 0], y[y > 0]


def bought(data):
    x, y = data
    return x, (y > 0).astype(float)


def squared(y, mu):
    return np.mean((y - mu) ** 2)


def tweedie(p):
    return lambda y, mu: np.mean(mu ** (2 - p) / (2 - p) - y * mu ** (1 - p) / (1 - p))


def poisson(y, mu):
    return np.mean(mu - y * np.log(mu))


def gamma(y, mu):
    return np.mean(y / mu + np.log(mu))


def logistic(y, mu):
    return np.mean(-y * np.log(mu) - (1 - y) * np.log1p(-mu))


def absolute(y, mu):
    return np.mean(np.abs(y - mu))


def quantile(q):
    return lambda y, mu: np.mean(np.maximum(q * (y - mu), (q - 1) * (y - mu)))


def level(y, mu):
    return mu.mean() / y.mean()


def share_below(y, mu):
    return (y < mu + 0.01).mean()  # predictions next to a target of exactly 0 are on either side of it


def quantile_at(q):
    return dict(objective="quantile", alpha=q)


FRIEDMAN_DIRECTIONS = dict(monotone_constraints=[0, 0, 1, 1, 1, -1, 0, 0, 0, 0])
SPEND_DIRECTIONS = dict(monotone_constraints=[1, 1, -1, 0, 0])
CASES = [
    ("squared_error", dict(objective="regression"), squared, friedman, lambda data: data),
    ("squared_error_missing", dict(objective="regression"), squared, friedman, with_missing),
    ("tweedie_1.5", dict(objective="tweedie", tweedie_variance_power=1.5), tweedie(1.5), spend, lambda data: data),
    ("tweedie_1.2", dict(objective="tweedie", tweedie_variance_power=1.2), tweedie(1.2), spend, lambda data: data),
    ("tweedie_1", dict(objective="tweedie", tweedie_variance_power=1.0), poisson, spend, lambda data: data),
    ("tweedie_1.5_missing", dict(objective="tweedie", tweedie_variance_power=1.5), tweedie(1.5), spend, with_missing),
    ("gamma", dict(objective="gamma"), gamma, spend, positive),
    ("logistic", dict(objective="binary"), logistic, spend, bought),
    ("absolute_error", dict(objective="regression_l1"), absolute, friedman, lambda data: data),
    ("absolute_error_missing", dict(objective="regression_l1"), absolute, friedman, with_missing),
    ("quantile_0.1", quantile_at(0.1), quantile(0.1), friedman, lambda data: data),
    ("quantile_0.5_spend", quantile_at(0.5), quantile(0.5), spend, lambda data: data),
    ("quantile_0.9", quantile_at(0.9), quantile(0.9), friedman, lambda data: data),
    ("quantile_0.9_spend", quantile_at(0.9), quantile(0.9), spend, lambda data: data),
    ("squared_error_monotone", dict(objective="regression") | FRIEDMAN_DIRECTIONS, squared, friedman, lambda data: data),
    (
        "tweedie_1.5_monotone", dict(objective="tweedie", tweedie_variance_power=1.5) | SPEND_DIRECTIONS,
        tweedie(1.5), spend, lambda data: data,
    ),
    ("logistic_monotone", dict(objective="binary") | SPEND_DIRECTIONS, logistic, spend, bought),
]



def losses():
    print("case,trees,loss,training")
    for name, objective, loss, make, change in CASES:
        (x, y), (x_test, y_test) = change(make(1, ROWS)), change(make(2, ROWS))
        training = share_below if objective["objective"] in ("quantile", "regression_l1") else level
        for trees in [20, 100]:
            model = lgb.train(SETTINGS | objective, lgb.Dataset(x, y), num_boost_round=trees)
            mu = model.predict(x)
            print(f"{name},{trees},{loss(y_test, model.predict(x_test)):.9g},{training(y, mu):.9g}")


def stopping():
    print("case,trees,loss")
    for name, objective, loss, make, change in CASES:
        if name == "tweedie_1":
            continue  # LightGBM's Tweedie metric divides by 1 − p
        (x, y), (x_validation, y_validation) = change(make(1, ROWS)), change(make(2, ROWS))
        training = lgb.Dataset(x, y)
        model = lgb.train(
            SETTINGS | objective, training, num_boost_round=400, callbacks=[lgb.early_stopping(20, verbose=False)],
            valid_sets=[lgb.Dataset(x_validation, y_validation, reference=training)],
        )
        mu = model.predict(x_validation, num_iteration=model.best_iteration)
        print(f"{name},{model.best_iteration},{loss(y_validation, mu):.9g}")


stopping() if sys.argv[1:] == ["stopping"] else losses()
