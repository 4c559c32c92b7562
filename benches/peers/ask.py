"""Asks one of the four questions of `cargo xtask bench scale` with DuckDB, Polars or pandas.

    python ask.py FILE QUESTION PEER parquet|memory

Prints one JSON object as `scale ask` does (crates/patron-columns/examples/scale.rs): rows, a sum that does not depend
on their order, CPU and wall seconds of the work without loading (in memory) and without making the sum, peak MiB.
Each peer is asked in the form that was fastest of those tried. Two threads.
"""

import json
import os
import resource
import sys
import time

os.environ["POLARS_MAX_THREADS"] = "2"
os.environ["OMP_NUM_THREADS"] = "2"

FILE, QUESTION, PEER, MODE = sys.argv[1:5]
COLUMNS = {
    "summary": ["customer", "time", "quantity", "amount", "kind", "opens_order"],
    "cells": ["product", "country", "time", "quantity", "amount", "kind"],
    "repeat": ["customer", "product", "time", "kind"],
    "pairs": ["product", "order", "kind"],
}[QUESTION]
TOP = 200


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def duckdb_peer():
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    lines = "read_parquet('" + FILE.replace("'", "''") + "')"
    if MODE == "memory":
        connection.execute(f"CREATE TABLE lines AS SELECT {', '.join(quoted(COLUMNS))} FROM {lines}")
        lines = "lines"
    goods = f"FROM {lines} WHERE kind <> 'service'"
    sales = f"FROM {lines} WHERE kind = 'sale'"
    sql = {
        "summary": f"""
            SELECT customer, sum(opens_order::INT) AS orders, count(DISTINCT time::DATE) AS days, min(time)::DATE AS first,
                   max(time)::DATE AS last, sum(quantity) AS quantity, sum(amount) AS revenue
            {goods} AND customer IS NOT NULL GROUP BY customer""",
        "cells": f"""
            SELECT date_trunc('month', time) AS month, product, country, sum(quantity) AS quantity, sum(amount) AS revenue
            {goods} AND product IS NOT NULL GROUP BY ALL""",
        "repeat": f"""
            SELECT product, count(*) AS customers, count(*) FILTER (WHERE first <> last) AS repeat_customers
            FROM (SELECT product, customer, min(time::DATE) AS first, max(time::DATE) AS last
                  {sales} AND customer IS NOT NULL AND product IS NOT NULL GROUP BY ALL)
            GROUP BY product""",
        "pairs": f"""
            WITH top AS (SELECT product {sales} AND product IS NOT NULL GROUP BY product
                         ORDER BY count(*) DESC, product LIMIT {TOP}),
                 bought AS (SELECT DISTINCT "order", product {sales} AND product IN (FROM top))
            SELECT a.product AS first, b.product AS second, count(*) AS orders
            FROM bought a JOIN bought b ON a."order" = b."order" AND a.product < b.product GROUP BY ALL""",
    }[QUESTION]
    return lambda: connection.sql(sql).to_arrow_table()


def quoted(names):
    return ['"' + name + '"' for name in names]


def polars_peer():
    import polars as pl
    from polars import col

    lines = pl.scan_parquet(FILE)
    if MODE == "memory":
        lines = lines.select(COLUMNS).collect().lazy()
    goods = lines.filter(col("kind") != "service")
    sales = lines.filter(col("kind") == "sale")
    day = col("time").dt.date()

    def summary():
        return goods.filter(col("customer").is_not_null()).group_by("customer").agg(
            col("opens_order").sum().alias("orders"),
            day.n_unique().alias("days"),
            col("time").min().dt.date().alias("first"),
            col("time").max().dt.date().alias("last"),
            col("quantity").sum().alias("quantity"),
            col("amount").sum().alias("revenue"),
        )

    def cells():
        month = (col("time").dt.year() * 12 + col("time").dt.month() - 1).alias("month")
        return goods.filter(col("product").is_not_null()).group_by(month, "product", "country").agg(
            col("quantity").sum().alias("quantity"), col("amount").sum().alias("revenue")
        )

    def repeat():
        known = sales.filter(col("customer").is_not_null() & col("product").is_not_null())
        each = known.group_by("product", "customer").agg(day.min().alias("first"), day.max().alias("last"))
        return each.group_by("product").agg(
            pl.len().alias("customers"), (col("first") != col("last")).sum().alias("repeat_customers")
        )

    def pairs():
        known = sales.filter(col("product").is_not_null())
        top = known.group_by("product").agg(pl.len().alias("lines"))
        top = top.sort(["lines", "product"], descending=[True, False]).head(TOP).select("product")
        bought = known.select("order", "product").join(top, on="product", how="semi").unique()
        both = bought.join(bought, on="order").filter(col("product") < col("product_right"))
        return both.group_by(col("product").alias("first"), col("product_right").alias("second")).agg(
            pl.len().alias("orders")
        )

    query = {"summary": summary, "cells": cells, "repeat": repeat, "pairs": pairs}[QUESTION]
    return lambda: query().collect().to_arrow()


def pandas_peer():
    import pandas as pd
    import pyarrow as pa

    def load():
        lines = pd.read_parquet(FILE, columns=[name for name in COLUMNS if name != "amount"])
        if "amount" in COLUMNS:
            # exact amounts would be objects in pandas: whole numbers of ten-thousandths are what it can add up fast
            import pyarrow.parquet as pq

            amounts = pq.read_table(FILE, columns=["amount"]).column(0).combine_chunks()
            lines["amount"] = ten_thousandths(amounts)
        return lines

    held = load() if MODE == "memory" else None

    def run():
        lines = held if held is not None else load()
        goods = lines[lines["kind"] != "service"]
        sales = lines[lines["kind"] == "sale"]
        if QUESTION == "summary":
            goods = goods[goods["customer"].notna()].copy()
            goods["day"] = goods["time"].dt.floor("D")
            found = goods.groupby("customer").agg(
                orders=("opens_order", "sum"), days=("day", "nunique"), first=("day", "min"), last=("day", "max"),
                quantity=("quantity", "sum"), revenue=("amount", "sum"),
            )
        elif QUESTION == "cells":
            goods = goods[goods["product"].notna()]
            month = (goods["time"].dt.year * 12 + goods["time"].dt.month - 1).rename("month")
            found = goods.groupby([month, "product", "country"], dropna=False).agg(
                quantity=("quantity", "sum"), revenue=("amount", "sum")
            )
        elif QUESTION == "repeat":
            sales = sales[sales["customer"].notna() & sales["product"].notna()].copy()
            sales["day"] = sales["time"].dt.floor("D")
            each = sales.groupby(["product", "customer"])["day"].agg(["min", "max"]).reset_index()
            each["repeat"] = each["min"] != each["max"]
            found = each.groupby("product").agg(customers=("customer", "size"), repeat_customers=("repeat", "sum"))
        else:
            counts = sales["product"].value_counts().rename_axis("product").reset_index()
            top = counts.sort_values(["count", "product"], ascending=[False, True]).head(TOP)["product"]
            bought = sales[sales["product"].isin(top)][["order", "product"]].drop_duplicates()
            both = bought.merge(bought, on="order", suffixes=("", "_right"))
            both = both[both["product"] < both["product_right"]]
            found = both.groupby(["product", "product_right"]).size().rename("orders")
        return pa.Table.from_pandas(found.reset_index(), preserve_index=False)

    return run


def ten_thousandths(decimals):
    """An Arrow array of decimals with four digits after the point as exact whole numbers."""
    import numpy as np
    import pyarrow as pa

    assert decimals.type.scale == 4 and decimals.null_count == 0, decimals.type
    if decimals.type.bit_width != 128:
        decimals = decimals.cast(pa.decimal128(38, 4))
    words = np.frombuffer(decimals.buffers()[1], dtype=np.int64).reshape(-1, 2)
    words = words[decimals.offset : decimals.offset + len(decimals)]
    low, high = words[:, 0], words[:, 1]
    assert (high == low >> 63).all(), "an amount beyond 64 bits"
    return low


def numbers(column):
    """A column of an answer as 64-bit numbers: days since 1970, months since year 0, ten-thousandths."""
    import numpy as np
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    kind = column.type
    if pa.types.is_decimal(kind) and kind.scale == 0:
        return np.asarray(column.cast(pa.decimal128(38, 0)).cast(pa.int64()))
    if pa.types.is_decimal(kind):
        return ten_thousandths(column)
    if pa.types.is_date(kind):
        return np.asarray(column.cast(pa.int32())).astype(np.int64)
    if pa.types.is_timestamp(kind):
        return np.asarray(column.cast(pa.timestamp("us")).cast(pa.int64())) // 86_400_000_000
    # codes without a name are null
    return np.asarray(column.fill_null(0xFFFFFFFF) if column.null_count else column).astype(np.int64)


def sum_of(table):
    """Rows and the sum that scale.rs makes."""
    import numpy as np

    columns = [numbers(column) for column in table.columns]
    if QUESTION == "cells" and PEER == "duckdb":
        months = (np.asarray(columns[0]) * 86_400).astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
        columns[0] = months + 1970 * 12
    mixed = np.zeros(table.num_rows, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + column.view(np.uint64)
            mixed ^= mixed >> np.uint64(29)
        whole = (mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(dtype=np.uint64)
    return f"{int(whole):016x}"


def main():
    work = {"duckdb": duckdb_peer, "polars": polars_peer, "pandas": pandas_peer}[PEER]()
    begun, before = time.monotonic(), cpu()
    table = work()
    spent, wall = cpu() - before, time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": table.num_rows, "sum": sum_of(table), "cpu": spent, "wall": wall, "peak_mib": peak}))


main()
