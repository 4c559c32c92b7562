"""A LightGBM model in our stored form, with its own contributions, as committed in lightgbm_contributions.json.

Run with LightGBM 4.7.0 and numpy, on one thread:

    OMP_NUM_THREADS=1 python lightgbm_contributions.py > lightgbm_contributions.json

The trees are LightGBM's, node by node and bit by bit, so that both explain the same model: `contributions` is
`predict(pred_contrib=True)`, whose last column is the expected score.
"""

import json
import struct

import lightgbm as lgb
import numpy as np

SETTINGS = dict(
    objective="regression", learning_rate=0.3, num_leaves=12, min_data_in_leaf=5, num_threads=1, deterministic=True,
    verbose=-1, seed=1,
)
COLUMNS = 6


def bits(value):
    return struct.unpack("<Q", struct.pack("<d", float(value)))[0]


def stored(tree):
    columns, thresholds, missing_left, gains, children = [], [], [], [], []
    leaves, leaf_weights = {}, {}

    def visit(node):
        if "leaf_index" in node:
            leaf = node["leaf_index"]
            leaves[leaf], leaf_weights[leaf] = bits(node["leaf_value"]), bits(node["leaf_count"])
            return -leaf - 1
        index = len(columns)
        assert node["decision_type"] == "<=" and node["missing_type"] == "NaN"
        columns.append(node["split_feature"])
        thresholds.append(bits(node["threshold"]))
        missing_left.append(node["default_left"])
        gains.append(bits(node["split_gain"]))
        children.append([0, 0])
        children[index] = [visit(node["left_child"]), visit(node["right_child"])]
        return index

    visit(tree["tree_structure"])
    in_order = range(len(leaves))
    return dict(
        columns=columns, thresholds=thresholds, missing_left=missing_left, gains=gains,
        left=[left for left, _ in children], right=[right for _, right in children],
        leaves=[leaves[leaf] for leaf in in_order], leaf_weights=[leaf_weights[leaf] for leaf in in_order],
    )


random = np.random.default_rng(3)
x = random.uniform(-1, 1, (600, COLUMNS)).round(4)
x[random.uniform(size=x.shape) < 0.15] = np.nan
filled = np.nan_to_num(x, nan=0.7)
y = 4 * filled[:, 0] * filled[:, 1] + 3 * filled[:, 2] ** 2 + filled[:, 3] + np.isnan(x[:, 4]) * 2
model = lgb.train(SETTINGS, lgb.Dataset(x, y), num_boost_round=8)
trees = [stored(tree) for tree in model.dump_model()["tree_info"]]
rows = np.vstack([x[:30], np.full((1, COLUMNS), np.nan), np.zeros((1, COLUMNS))])
print(json.dumps(dict(
    model=dict(format=2, loss="squared_error", base=bits(0.0), columns=COLUMNS, trees=trees, validation_losses=[]),
    records=[[None if np.isnan(value) else value for value in row] for row in rows.tolist()],
    scores=model.predict(rows, raw_score=True).tolist(),
    contributions=model.predict(rows, pred_contrib=True).tolist(),
)))
