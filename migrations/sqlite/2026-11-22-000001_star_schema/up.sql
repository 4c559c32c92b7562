-- The star schema: what was sold (sales), around it who, what, when and in which order.
-- Money is a whole number of ten-thousandths of the shop's currency unit. A point in time is a whole number of
-- seconds since 1970-01-01 00:00 on the shop's wall clock. The views *_readable show both the way people write them.

PRAGMA application_id = 1346458707; -- "PATS": this file is a Patron database

CREATE TABLE shop (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    name TEXT NOT NULL,
    currency TEXT,
    time_zone TEXT
);
INSERT INTO shop (id, name) VALUES (1, '');

-- One row per imported file. The sales of an import have consecutive ids: first_sale_id ..= last_sale_id
-- (last = first - 1 where no line was accepted).
CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE,
    settings_sha256 TEXT NOT NULL,
    profile TEXT NOT NULL,
    imported_at TIMESTAMP NOT NULL,
    lines_read BIGINT NOT NULL,
    lines_accepted BIGINT NOT NULL,
    lines_quarantined BIGINT NOT NULL,
    first_day DATE,
    last_day DATE,
    derived_orders BOOLEAN NOT NULL,
    first_sale_id BIGINT NOT NULL,
    last_sale_id BIGINT NOT NULL,
    report TEXT NOT NULL,
    CHECK (lines_read = lines_accepted + lines_quarantined)
);

CREATE TABLE countries (
    id INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE
);

-- imported: the row came with an import, and leaves with it when nothing refers to it any more.
CREATE TABLE customers (
    id INTEGER PRIMARY KEY NOT NULL,
    external_id TEXT NOT NULL UNIQUE,
    name TEXT,
    surname TEXT,
    email TEXT,
    phone TEXT,
    country_id BIGINT REFERENCES countries (id),
    city TEXT,
    address TEXT,
    zip_code TEXT,
    birthday DATE,
    gender TEXT,
    acquisition_channel TEXT,
    imported BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE products (
    id INTEGER PRIMARY KEY NOT NULL,
    sku TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    category TEXT,
    producer_country_id BIGINT REFERENCES countries (id),
    price BIGINT,
    unit_cost BIGINT,
    launched DATE,
    retired DATE,
    imported BOOLEAN NOT NULL DEFAULT FALSE
);

-- What each import calls a product: the latest import's word stands in products.description, and when an
-- import is undone the word before it comes back.
CREATE TABLE product_descriptions (
    import_id BIGINT NOT NULL REFERENCES imports (id),
    product_id BIGINT NOT NULL REFERENCES products (id),
    description TEXT NOT NULL,
    PRIMARY KEY (product_id, import_id)
) WITHOUT ROWID;

-- An order (invoice). timestamp, customer and country are those of its first line.
CREATE TABLE transactions (
    id INTEGER PRIMARY KEY NOT NULL,
    invoice_number TEXT NOT NULL UNIQUE,
    derived BOOLEAN NOT NULL DEFAULT FALSE,
    timestamp BIGINT NOT NULL,
    payment_method TEXT,
    customer_id BIGINT REFERENCES customers (id),
    country_id BIGINT REFERENCES countries (id),
    imported BOOLEAN NOT NULL DEFAULT FALSE
);

-- The calendar of the days with sales; id counts days since 1970-01-01.
CREATE TABLE dates (
    id INTEGER PRIMARY KEY NOT NULL,
    date DATE NOT NULL,
    month INTEGER NOT NULL,
    month_name TEXT NOT NULL,
    year INTEGER NOT NULL,
    quarter INTEGER NOT NULL,
    day_of_month INTEGER NOT NULL,
    day_of_year INTEGER NOT NULL,
    day_of_week INTEGER NOT NULL,   -- 1 = Monday ... 7 = Sunday
    day_name TEXT NOT NULL,
    iso_year INTEGER NOT NULL,      -- the year the ISO week belongs to
    iso_week INTEGER NOT NULL,
    week_of_month INTEGER NOT NULL  -- 1 for days 1-7, 2 for days 8-14 ...
);

-- One row per sale line. line is its number in the imported file, counted from 1 with the header.
CREATE TABLE sales (
    id INTEGER PRIMARY KEY NOT NULL,
    transaction_id BIGINT NOT NULL REFERENCES transactions (id),
    product_id BIGINT REFERENCES products (id),
    customer_id BIGINT REFERENCES customers (id),
    country_id BIGINT REFERENCES countries (id),
    date_id INTEGER NOT NULL REFERENCES dates (id),
    timestamp BIGINT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    -- Not IN (...): SQLite would build a table of the three words for every row.
    kind TEXT NOT NULL CHECK (kind = 'sale' OR kind = 'return' OR kind = 'service'),
    line BIGINT
);

-- A cancellation and the purchase it takes back, where that is unique.
CREATE TABLE cancellations (
    sale_id INTEGER PRIMARY KEY NOT NULL REFERENCES sales (id),
    purchase_id BIGINT NOT NULL REFERENCES sales (id)
);
CREATE INDEX cancellations_purchase_id ON cancellations (purchase_id);

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY NOT NULL,
    import_id BIGINT NOT NULL REFERENCES imports (id),
    line BIGINT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    raw TEXT NOT NULL,
    amount BIGINT
);
CREATE INDEX quarantine_import_id ON quarantine (import_id);

-- seen_sale_id: the highest sales.id when the run was stored. A run that saw an undone import is removed.
CREATE TABLE model_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    as_of DATE NOT NULL,
    forecaster TEXT NOT NULL,
    parameters TEXT NOT NULL,
    metrics TEXT NOT NULL,
    fitted BLOB,
    seen_sale_id BIGINT NOT NULL
);

CREATE TABLE predictions (
    run_id BIGINT NOT NULL REFERENCES model_runs (id),
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    orders BIGINT NOT NULL,
    last_purchase DATE NOT NULL,
    spent_to_date BIGINT NOT NULL,
    chance_to_buy_3m DOUBLE PRECISION NOT NULL,
    p_alive DOUBLE PRECISION NOT NULL,
    expected_purchases_3m DOUBLE PRECISION NOT NULL,
    expected_value DOUBLE PRECISION NOT NULL,
    clv_3m DOUBLE PRECISION NOT NULL,
    clv_12m DOUBLE PRECISION NOT NULL,
    clv_24m DOUBLE PRECISION NOT NULL,
    grade_3m TEXT NOT NULL,
    grade_12m TEXT NOT NULL,
    grade_24m TEXT NOT NULL,
    formula_clv DOUBLE PRECISION,
    segment TEXT NOT NULL,
    predicted_clv DOUBLE PRECISION,
    PRIMARY KEY (run_id, customer_id)
) WITHOUT ROWID;

CREATE VIEW sales_readable AS
SELECT
    sales.id,
    transactions.invoice_number AS invoice,
    datetime(sales.timestamp, 'unixepoch') AS time,
    customers.external_id AS customer,
    countries.name AS country,
    products.sku,
    products.description,
    sales.quantity,
    sales.unit_price / 10000.0 AS unit_price,
    sales.discount / 10000.0 AS discount,
    sales.amount / 10000.0 AS amount,
    sales.kind,
    (SELECT file_name FROM imports
      WHERE sales.id BETWEEN first_sale_id AND last_sale_id) AS file,
    sales.line
FROM sales
JOIN transactions ON transactions.id = sales.transaction_id
LEFT JOIN customers ON customers.id = sales.customer_id
LEFT JOIN products ON products.id = sales.product_id
LEFT JOIN countries ON countries.id = sales.country_id;

CREATE VIEW transactions_readable AS
SELECT
    transactions.id,
    transactions.invoice_number AS invoice,
    datetime(transactions.timestamp, 'unixepoch') AS time,
    customers.external_id AS customer,
    countries.name AS country,
    transactions.payment_method
FROM transactions
LEFT JOIN customers ON customers.id = transactions.customer_id
LEFT JOIN countries ON countries.id = transactions.country_id;

CREATE VIEW products_readable AS
SELECT
    products.id,
    products.sku,
    products.description,
    products.category,
    countries.name AS producer_country,
    products.price / 10000.0 AS price,
    products.unit_cost / 10000.0 AS unit_cost,
    products.launched,
    products.retired
FROM products
LEFT JOIN countries ON countries.id = products.producer_country_id;

CREATE VIEW quarantine_readable AS
SELECT
    quarantine.id,
    imports.file_name AS file,
    quarantine.line,
    quarantine.rule,
    quarantine.reason,
    quarantine.amount / 10000.0 AS amount,
    quarantine.raw
FROM quarantine
JOIN imports ON imports.id = quarantine.import_id;

CREATE VIEW predictions_readable AS
SELECT
    predictions.run_id,
    model_runs.as_of,
    model_runs.forecaster,
    customers.external_id AS customer,
    predictions.orders,
    predictions.last_purchase,
    predictions.spent_to_date / 10000.0 AS spent_to_date,
    predictions.chance_to_buy_3m,
    predictions.p_alive,
    predictions.expected_purchases_3m,
    predictions.expected_value,
    predictions.clv_3m,
    predictions.clv_12m,
    predictions.clv_24m,
    predictions.segment
FROM predictions
JOIN model_runs ON model_runs.id = predictions.run_id
JOIN customers ON customers.id = predictions.customer_id;
