"""Answers about Online Retail (quantity > 0 only), counted with pandas 3.1.1 and statsmodels 0.15.0 from the lines.

python online_retail_answers.py online_retail.csv.gz > online_retail_answers.txt
"""
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

lines = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
lines["quantity"] = lines.Quantity.astype(int)
lines = lines[lines.quantity > 0]
lines["amount"] = [int(Decimal(q) * Decimal(p) * 10000) for q, p in zip(lines.Quantity, lines.UnitPrice)]
lines["day"] = pd.to_datetime(lines.InvoiceDate.str[:10])
lines["month"] = lines.InvoiceDate.str[:7]
known = lines[lines.CustomerID != ""]
end = lines.day.max()


def show(name, *values):
    print(name, *[f"{v:.9g}" if isinstance(v, float) else v for v in values])


months = lines.groupby(["month", "StockCode"])
sold = months.agg(quantity=("quantity", "sum"), amount=("amount", "sum"), orders=("InvoiceNo", "nunique"))
sold["customers"] = known.groupby(["month", "StockCode"]).CustomerID.nunique().reindex(sold.index).fillna(0).astype(int)
show("product_months", len(sold), *[int(sold[c].sum()) for c in ("quantity", "amount", "orders", "customers")])

days = known.groupby(["CustomerID", "day"]).amount.sum().reset_index()
days = days[days.amount > 0].sort_values(["CustomerID", "day"])
count = days.groupby("CustomerID").size()
show("purchasers", len(count), int((count >= 2).sum()))
days["gap"] = days.groupby("CustomerID").day.diff().dt.days
gaps = days.gap.dropna()
show("gaps", len(gaps), float(gaps.median()), float(gaps.mean()))

first = days.groupby("CustomerID").day.first()
second = days[days.groupby("CustomerID").cumcount() == 1].set_index("CustomerID").day.reindex(first.index)
event = second.notna()
time = np.where(event, (second - first).dt.days, (end - first).dt.days)
curve = SurvfuncRight(time, event.astype(int))
for day in (30, 60, 90, 180):
    show(f"second_by_{day}", float(1 - curve.surv_prob[np.searchsorted(curve.surv_times, day, "right") - 1]))

pairs = known.groupby(["StockCode", "CustomerID", "day"]).agg(amount=("amount", "sum")).reset_index()
bought = pairs.groupby(["StockCode", "CustomerID"]).size()
product = pd.DataFrame({"customers": bought.groupby("StockCode").size(),
                        "again": bought[bought >= 2].groupby("StockCode").size()}).fillna(0).astype(int)
product = product.sort_index().sort_values("again", ascending=False, kind="stable")
for sku, row in product.head(5).iterrows():
    gap = pairs[pairs.StockCode == sku].sort_values(["CustomerID", "day"]).groupby("CustomerID").day.diff().dt.days.dropna()
    show("repeat_item", sku, int(row.customers), int(row.again), float(gap.median()))

best = product.index[0]
spend = pairs[pairs.StockCode == best].groupby("CustomerID").amount.sum()
spend = spend[bought[best] >= 2] / 10000
show("spend_on", best, len(spend), float(spend.min()), float(spend.max()), float(spend.mean()), float(spend.median()))

old = first[(first + pd.Timedelta(days=90) <= end) & (first >= "2011-01-01")]
returned = (second - first).dt.days.le(90) & second.notna()
show("old_enough", len(old), int(returned[old.index].sum()))
began = pairs[pairs.day == pairs.CustomerID.map(first)]
began = began[began.CustomerID.isin(old.index)]
began["back"] = began.CustomerID.map(returned).astype(int)
began = began.groupby("StockCode").back.agg(customers="size", returned="sum")
began["others"] = (returned[old.index].sum() - began.returned) / (len(old) - began.customers)
began = began[began.customers >= 30].reset_index()
began["share"] = began.returned / began.customers
for row in began.sort_values(["share", "StockCode"], ascending=[False, True]).head(3).itertuples():
    show("first_product", row.StockCode, row.customers, row.returned, float(row.others))

total = known.groupby("CustomerID").amount.sum().reindex(count.index).sort_values(ascending=False)
for percent in (1, 10, 20):
    top = -(-len(total) * percent // 100)
    show(f"top_{percent}", top, float(total.iloc[:top].sum() / 10000))

calendar = [f"{2010 + (11 + k) // 12}-{(11 + k) % 12 + 1:02d}" for k in range(12)]
lags = int(4 * (12 / 100) ** (2 / 9))
x = sm.add_constant(np.arange(12.0))
wide = sold.quantity.unstack("month").reindex(columns=calendar).fillna(0)
born = lines.groupby("StockCode").month.min()
whole = wide[(born == "2010-12").reindex(wide.index)]
shop = lines.groupby("month").quantity.sum()[calendar].to_numpy(float)
for sku in ("84826", "22423", "85123A"):
    y = whole.loc[sku].to_numpy(float)
    fit = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    apart = sm.OLS(y / y.mean() - shop / shop.mean(), x).fit()
    robust = stats.theilslopes(y, np.arange(12), 0.95)
    show("trend", sku, float(fit.params[1]), float(fit.bse[1]), float(fit.pvalues[1]), float(robust.slope),
         float(robust.low_slope), float(robust.high_slope), float(apart.params[1]))
