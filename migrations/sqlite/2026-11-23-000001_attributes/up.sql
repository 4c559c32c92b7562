-- What a shop knows beyond its sales log: whom it may write to, what reaching and winning customers costs, and
-- which files that came from.

ALTER TABLE customers ADD COLUMN may_contact BOOLEAN;
-- The country the shop's own customer list has. country_id stays the country of the first line.
ALTER TABLE customers ADD COLUMN listed_country_id BIGINT REFERENCES countries (id);

CREATE TABLE contact_costs (
    channel TEXT PRIMARY KEY NOT NULL,
    cost BIGINT NOT NULL
) WITHOUT ROWID;

-- month: its first day.
CREATE TABLE acquisition_spend (
    month DATE NOT NULL,
    channel TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (month, channel)
) WITHOUT ROWID;

-- Each file of customers, products or costs that was added; unmatched: JSON list of the ids nobody knew.
CREATE TABLE attribute_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('customers', 'products', 'costs')),
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    imported_at TIMESTAMP NOT NULL,
    lines BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    unmatched TEXT NOT NULL,
    UNIQUE (kind, sha256)
);

-- What a sales file with contact data wrote over: JSON object of the former values, null where nothing was known.
-- Undoing an import gives them back. A value that a file of customers sets later is nobody's to take back: it
-- leaves here.
CREATE TABLE customer_changes (
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    import_id BIGINT NOT NULL REFERENCES imports (id),
    former TEXT NOT NULL,
    PRIMARY KEY (customer_id, import_id)
) WITHOUT ROWID;

CREATE VIEW customers_readable AS
SELECT
    customers.id,
    customers.external_id AS customer,
    customers.name,
    customers.surname,
    customers.email,
    customers.phone,
    coalesce(listed.name, bought.name) AS country,
    customers.city,
    customers.address,
    customers.zip_code,
    customers.birthday,
    customers.gender,
    customers.acquisition_channel,
    customers.may_contact
FROM customers
LEFT JOIN countries AS listed ON listed.id = customers.listed_country_id
LEFT JOIN countries AS bought ON bought.id = customers.country_id;

CREATE VIEW contact_costs_readable AS
SELECT channel, cost / 10000.0 AS cost FROM contact_costs;

CREATE VIEW acquisition_spend_readable AS
SELECT month, channel, amount / 10000.0 AS amount FROM acquisition_spend;
