"""What others forecast for the same customers: `cargo xtask bench quality --peers` calls it.

    python forecasts.py log FILE AS_OF HORIZON_DAYS OUT.csv
    python forecasts.py notebook FILE

`log` reads a raw log by rules of its own (exact duplicates, lines without customer, services, prices of zero and
negative quantities outside cancellations are left out of Online Retail; a day is a purchase when its net is
positive) and writes customer, target and one column per peer. Target: net revenue in (as-of, as-of + horizon], at
least 0. A peer that fails, or works for more than a minute of CPU time, has no column.
`notebook` reads the table of `crates/patron-models/examples/notebook.rs` and prints LightGBM's R² and bias per split.
"""

import json
import os
import signal
import sys
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
warnings.filterwarnings("ignore")

import lightgbm
import numpy as np
import pandas as pd

WINDOW = 90  # days of a training target
TREES = dict(n_estimators=300, learning_rate=0.03, num_leaves=15, min_child_samples=30, subsample=0.8)
TREES |= dict(subsample_freq=1, colsample_bytree=0.8, reg_lambda=1.0, n_jobs=1, random_state=0, verbose=-1)
TREES |= dict(deterministic=True, force_row_wise=True)
TWEEDIE = dict(objective="tweedie", tweedie_variance_power=1.5)


def purchases_and_returns(path):
    """Customer-days with a purchase (net, lines, distinct products, home country), and customer-days of returns."""
    log = pd.read_csv(path, dtype={"InvoiceNo": str, "StockCode": str, "CustomerID": "Int64", "customer_id": str})
    if "InvoiceNo" not in log:
        log["date"] = pd.to_datetime(log["date"]).dt.normalize()
        log["skus"] = log["cds"] if "cds" in log else 1
        days = log.groupby(["customer_id", "date"]).agg(
            net=("amount", "sum"), lines=("amount", "size"), skus=("skus", "sum")
        )
        days = days.reset_index().assign(uk=0)
        return days[days.net > 0], days[:0]
    log = log.drop_duplicates().dropna(subset="CustomerID")
    log = log[log.StockCode.str.match(r"\d{5}") & (log.UnitPrice > 0)]
    cancelled, adjusted = log.InvoiceNo.str.startswith("C"), log.InvoiceNo.str.startswith("A")
    log = log[np.where(cancelled, log.Quantity < 0, ~adjusted & (log.Quantity > 0))]
    log = log.assign(
        net=log.Quantity * log.UnitPrice,
        date=pd.to_datetime(log.InvoiceDate).dt.normalize(),
        bought=~log.InvoiceNo.str.startswith("C"),
        customer_id=log.CustomerID.astype(str),
        uk=(log.Country == "United Kingdom").astype(int),
    )
    days = log.groupby(["customer_id", "date"]).agg(
        net=("net", "sum"),
        lines=("net", "size"),
        skus=("StockCode", "nunique"),
        uk=("uk", "max"),
        bought=("bought", "max"),
    )
    days = days.reset_index()
    purchase = (days.net > 0) & days.bought
    return days[purchase], days[~purchase & (days.net < 0)]


def spent(days, customers, after, until):
    window = days[(days.date > after) & (days.date <= until)]
    return window.groupby("customer_id").net.sum().reindex(customers).fillna(0)


def target(bought, returned, customers, as_of, horizon):
    end = as_of + pd.Timedelta(days=horizon)
    return (spent(bought, customers, as_of, end) + spent(returned, customers, as_of, end)).clip(lower=0)


def features(bought, returned, as_of):
    """A customer a row, sorted by id; nothing after `as_of`."""
    bought = bought[bought.date <= as_of].sort_values(["customer_id", "date"])
    returned = returned[returned.date <= as_of]
    by, ago = bought.groupby("customer_id"), (as_of - bought.date).dt.days
    table = pd.DataFrame({"age": (as_of - by.date.min()).dt.days, "since_last": (as_of - by.date.max()).dt.days})
    table["recency"] = table.age - table.since_last
    table["n"] = by.size()
    for name in ("mean", "sum", "max", "min", "std", "last", "first"):
        table[name] = by.net.agg(name)
    table["lines"], table["skus"], table["uk"] = by.lines.mean(), by.skus.mean(), by.uk.max()
    table["rate"], table["spend_rate"] = table.n / (table.age + 1), table["sum"] / (table.age + 1)
    gaps = by.date.diff().dt.days.groupby(bought.customer_id)
    gap, gap_sd = gaps.mean(), gaps.std()
    waits = {"gap": gap, "gap_sd": gap_sd, "late": table.since_last / gap}
    table = table.assign(**waits)
    for days in (7, 14, 30, 60, 90, 180, 365):
        recent = bought[ago < days].groupby("customer_id").net
        table[f"spent_{days}"], table[f"count_{days}"] = recent.sum(), recent.size()
    table["spent_before"] = bought[(ago >= 90) & (ago < 180)].groupby("customer_id").net.sum()
    table["spent_last_year"] = bought[(ago >= 275) & (ago < 365)].groupby("customer_id").net.sum()
    table["returned"] = returned.groupby("customer_id").net.sum()
    late = returned[(as_of - returned.date).dt.days < 90]
    table["returned_90"] = late.groupby("customer_id").net.sum()
    zero = [name for name in table if name not in waits]
    table[zero] = table[zero].fillna(0)
    return table


def buying_models(bought, customers, as_of, horizon):
    """BTYD models of lifetimes in weeks, each times its gamma-gamma; the smallest penalty at which they converge."""
    import lifetimes
    from lifetimes.utils import summary_data_from_transaction_data

    summary = summary_data_from_transaction_data(
        bought, "customer_id", "date", monetary_value_col="net", observation_period_end=as_of, freq="D"
    ).reindex(customers)
    x, recency, age = summary.frequency, summary.recency / 7, summary["T"] / 7
    repeat = summary[(x > 0) & (summary.monetary_value > 0)]

    def worth():
        spend = lifetimes.GammaGammaFitter()
        spend.fit(repeat.frequency, repeat.monetary_value)
        return spend.conditional_expected_average_profit(x, summary.monetary_value).to_numpy()

    def ask(kind):
        for penalty in (0.0, 0.001, 0.01, 0.1):
            try:
                model = kind(penalizer_coef=penalty)
                model.fit(x, recency, age)
                break
            except lifetimes.utils.ConvergenceError:
                if penalty == 0.1:
                    raise
        expected = model.conditional_expected_number_of_purchases_up_to_time(horizon / 7, x, recency, age)
        return np.nan_to_num(np.asarray(expected, float)) * worth()

    kinds = {"BG/NBD": lifetimes.BetaGeoFitter, "MBG/NBD": lifetimes.ModifiedBetaGeoFitter}
    kinds |= {"Pareto/NBD": lifetimes.ParetoNBDFitter}
    return {f"lifetimes {name}": lambda kind=kind: ask(kind) for name, kind in kinds.items()}


def learned_models(bought, returned, now, as_of, scale):
    """Trees that learn from up to four windows of 90 days before `as_of`, and from the last one alone."""
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
    from sklearn.model_selection import cross_val_predict

    rows, targets = [], []
    origin = as_of - pd.Timedelta(days=WINDOW)
    while (origin - bought.date.min()).days >= 75 and len(rows) < 4:
        table = features(bought, returned, origin)
        rows.append(table.to_numpy())
        targets.append(target(bought, returned, table.index, origin, WINDOW).to_numpy())
        origin -= pd.Timedelta(days=WINDOW)
    if not rows:
        return {}
    x, y, last = np.concatenate(rows), np.concatenate(targets), (rows[0], targets[0])
    boosted = lambda **more: lightgbm.LGBMRegressor(**TREES, **more)
    histograms = lambda **more: HistGradientBoostingRegressor(
        max_iter=200, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=30, random_state=0, **more
    )
    forest = RandomForestRegressor(100, min_samples_leaf=10, max_features=0.33, n_jobs=1, random_state=0)
    plain = lambda x: np.nan_to_num(x, nan=-1)

    def two_stage():
        chance = lightgbm.LGBMClassifier(**TREES).fit(x, y > 0).predict_proba(now)[:, 1]
        buyers, logs = x[y > 0], np.log(y[y > 0])
        variance = np.var(logs - cross_val_predict(boosted(), buyers, logs, cv=3))
        return chance * np.exp(boosted().fit(buyers, logs).predict(now) + variance / 2)

    asked = {
        "LightGBM Tweedie": lambda: boosted(**TWEEDIE).fit(x, y).predict(now),
        "LightGBM squared": lambda: boosted().fit(x, y).predict(now),
        "LightGBM two-stage": two_stage,
        "HistGB squared": lambda: histograms().fit(x, y).predict(now),
        "HistGB Poisson": lambda: histograms(loss="poisson").fit(x, y).predict(now),
    }
    if len(y) <= 10_000:  # beyond, it takes longer than all others together
        asked["random forest"] = lambda: forest.fit(plain(x), y).predict(plain(now))
    if len(rows) > 1:
        asked["LightGBM Tweedie (last window)"] = lambda: boosted(**TWEEDIE).fit(*last).predict(now)
    return {name: lambda ask=ask: np.clip(ask(), 0, None) * scale for name, ask in asked.items()}


def forecasts(path, as_of, horizon):
    as_of, horizon = pd.Timestamp(as_of), int(horizon)
    bought, returned = purchases_and_returns(path)
    table = features(bought, returned, as_of)
    customers = table.index
    answers = pd.DataFrame({"target": target(bought, returned, customers, as_of, horizon)})
    seen, since = bought[bought.date <= as_of], pd.Timestamp.min
    net = (spent(seen, customers, since, as_of) + spent(returned, customers, since, as_of)).clip(lower=0)
    quarter = as_of - pd.Timedelta(days=90)
    recent = spent(seen, customers, quarter, as_of) + spent(returned, customers, quarter, as_of)
    answers["spend rate"] = net / (table.age + 1) * horizon
    answers["spend over span"] = net / ((as_of - seen.date.min()).days + 1) * horizon
    answers["status quo"] = recent.clip(lower=0) * horizon / 90
    asked = buying_models(seen, customers, as_of, horizon)
    asked |= learned_models(bought, returned, table.to_numpy(), as_of, horizon / WINDOW)
    for name, ask in asked.items():
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, 60)
            answers[name] = np.nan_to_num(ask(), posinf=0, neginf=0)
        except Exception as error:
            print(f"{path} {as_of:%Y-%m-%d}: no {name}: {error!r:.200}", file=sys.stderr)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return answers


def notebook(path):
    from sklearn.metrics import r2_score
    from sklearn.model_selection import train_test_split

    table = np.loadtxt(path)
    scores = []
    for seed in range(40):
        train, test = train_test_split(table, test_size=0.2, random_state=seed)
        model = lightgbm.LGBMRegressor(**TREES, **TWEEDIE).fit(train[:, :-1], train[:, -1])
        forecast = model.predict(test[:, :-1])
        scores.append([r2_score(test[:, -1], forecast), forecast.sum() / test[:, -1].sum()])
    return scores


def give_up(*_):
    raise TimeoutError("gave up after 60 CPU s")


signal.signal(signal.SIGVTALRM, give_up)
if sys.argv[1] == "notebook":
    print(json.dumps(notebook(sys.argv[2])))
else:
    forecasts(*sys.argv[2:5]).to_csv(sys.argv[5], index_label="customer")
