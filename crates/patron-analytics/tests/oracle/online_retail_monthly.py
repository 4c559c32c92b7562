"""online_retail_monthly.csv: the months of Online Retail (quantity > 0 only), counted with pandas 3.1.1.

python online_retail_monthly.py online_retail.csv.gz > online_retail_monthly.csv
"""
import sys
from decimal import Decimal

import pandas as pd

lines = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
lines = lines[lines.Quantity.astype(int) > 0]
# exact: ten-thousandths of a pound
lines["amount"] = [int(Decimal(q) * Decimal(p) * 10000) for q, p in zip(lines.Quantity, lines.UnitPrice)]
lines["month"] = lines.InvoiceDate.str[:7]
known = lines[lines.CustomerID != ""]


def money(count):
    text = f"{Decimal(int(count)) / 10000:.4f}"
    return text[:-1] if text.endswith("0") and not text.endswith("00") else text[:-2] if text.endswith("00") else text


orders = lines.groupby("InvoiceNo").InvoiceDate.min().str[:7].value_counts()
own = known.groupby("InvoiceNo").agg(month=("InvoiceDate", lambda d: d.min()[:7]), customer=("CustomerID", "first"))
count = own.groupby(["customer", "month"]).size()
first = own.groupby("customer").month.min()
spent = known.groupby(["CustomerID", "month"]).amount.sum()
print("month,orders,revenue,active_customers,new_customers,repeat_customers,repeat_revenue,"
      "returning_customers,returning_revenue,revenue_without_customer")
for month in sorted(lines.month.unique()):
    active = count.xs(month, level="month")
    repeat = active[active >= 2].index
    new = [c for c in active.index if first[c] == month]
    returning = [c for c in active.index if first[c] < month]
    spend = spent.xs(month, level="month")
    here = lines[lines.month == month]
    print(month, orders[month], money(here.amount.sum()), len(active), len(new), len(repeat),
          money(spend[repeat].sum()), len(returning), money(spend[returning].sum()),
          money(here[here.CustomerID == ""].amount.sum()), sep=",")
