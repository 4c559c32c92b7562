-- The ready-made queries of docs/queries.md as views: what needs a month, a year, a customer or a payment method
-- there is a column to choose by here. Money is in currency units. The text is that of the SQLite migration, but for the
-- type of the divisor: so money is the same number in both.
--
-- Two building blocks come first; their money is in ten-thousandths, as in the tables.

-- Each order once: an invoice with a sale line. The first sale line, by time, then by id, says when, by whom and
-- where it counts.
CREATE VIEW query_orders AS
SELECT opening.transaction_id, opening.date_id, opening.customer_id, opening.country_id
FROM (
    SELECT min(sales.id) AS id
    FROM sales
    JOIN (
        SELECT transaction_id, min(timestamp) AS timestamp
        FROM sales
        WHERE kind = 'sale'
        GROUP BY transaction_id
    ) AS earliest
        ON earliest.transaction_id = sales.transaction_id AND earliest.timestamp = sales.timestamp
    WHERE sales.kind = 'sale'
    GROUP BY sales.transaction_id
) AS first_lines
JOIN sales AS opening ON opening.id = first_lines.id;

-- Each product but postage, fees and the like (all its lines are services), with its lines and its price: the list
-- price, else the average price paid for a unit on sale lines, rounded to a ten-thousandth.
CREATE VIEW query_goods AS
SELECT
    products.id AS product_id,
    coalesce(lines.sale_lines, 0) AS sale_lines,
    coalesce(lines.return_lines, 0) AS return_lines,
    coalesce(products.price, lines.price_paid) AS price,
    CASE
        WHEN products.price IS NOT NULL THEN 'list'
        WHEN lines.price_paid IS NOT NULL THEN 'paid'
    END AS price_from
FROM products
LEFT JOIN (
    SELECT
        product_id,
        sale_lines,
        return_lines,
        CASE WHEN units > 0 AND paid >= 0 THEN (2 * paid + units) / (2 * units) END AS price_paid
    FROM (
        SELECT
            product_id,
            count(CASE WHEN kind = 'sale' THEN 1 END) AS sale_lines,
            count(CASE WHEN kind = 'return' THEN 1 END) AS return_lines,
            CAST(sum(CASE WHEN kind = 'sale' THEN quantity ELSE 0 END) AS BIGINT) AS units,
            CAST(sum(CASE WHEN kind = 'sale' THEN amount ELSE 0 END) AS BIGINT) AS paid
        FROM sales
        WHERE product_id IS NOT NULL
        GROUP BY product_id
    ) AS counted
) AS lines ON lines.product_id = products.id
WHERE lines.product_id IS NULL OR lines.sale_lines + lines.return_lines > 0;

-- 1 customers-in-month, for every month.
CREATE VIEW query_customers_in_month AS
SELECT
    substr(CAST(active.first_day AS TEXT), 1, 7) AS month,
    customers.external_id AS customer,
    active.orders,
    net.units,
    net.revenue / 10000.0::float8 AS revenue
FROM (
    SELECT dates.year, dates.month, orders.customer_id, count(*) AS orders, min(dates.date) AS first_day
    FROM query_orders AS orders
    JOIN dates ON dates.id = orders.date_id
    WHERE orders.customer_id IS NOT NULL
    GROUP BY dates.year, dates.month, orders.customer_id
) AS active
JOIN (
    SELECT
        dates.year,
        dates.month,
        sales.customer_id,
        CAST(sum(sales.quantity) AS BIGINT) AS units,
        CAST(sum(sales.amount) AS BIGINT) AS revenue
    FROM sales
    JOIN dates ON dates.id = sales.date_id
    WHERE sales.kind <> 'service'
    GROUP BY dates.year, dates.month, sales.customer_id
) AS net ON net.customer_id = active.customer_id AND net.year = active.year AND net.month = active.month
JOIN customers ON customers.id = active.customer_id;

-- 2 customers-by-sex-and-country. A group of fewer than five customers has no row of its own.
CREATE VIEW query_customers_by_sex_and_country AS
WITH grouped AS (
    SELECT
        coalesce(min(nullif(trim(customers.gender), '')), 'unknown') AS gender,
        coalesce(countries.name, 'unknown') AS country,
        min(customers.id) AS first_customer,
        count(*) AS customers,
        count(buyers.customer_id) AS buyers
    FROM customers
    LEFT JOIN countries ON countries.id = coalesce(customers.listed_country_id, customers.country_id)
    LEFT JOIN (
        SELECT customer_id FROM query_orders WHERE customer_id IS NOT NULL GROUP BY customer_id
    ) AS buyers ON buyers.customer_id = customers.id
    GROUP BY coalesce(nullif(lower(trim(customers.gender)), ''), 'unknown'), coalesce(countries.name, 'unknown')
),
counted AS (
    SELECT
        grouped.*,
        coalesce(sum(customers) OVER (
            ORDER BY customers, first_customer ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS smaller
    FROM grouped
)
SELECT gender, country, 1 AS groups, customers, buyers
FROM counted
WHERE NOT (customers < 5 OR smaller BETWEEN 1 AND 4)
UNION ALL
SELECT 'small groups', 'small groups', count(*), sum(customers), sum(buyers)
FROM counted
WHERE customers < 5 OR smaller BETWEEN 1 AND 4
HAVING count(*) > 0;

-- 3 products-above-price, for every price.
CREATE VIEW query_products_by_price AS
SELECT
    products.sku,
    products.description,
    products.category,
    goods.price / 10000.0::float8 AS price,
    goods.price_from
FROM query_goods AS goods
JOIN products ON products.id = goods.product_id
WHERE goods.price IS NOT NULL;

-- 4 transactions-by-payment-method.
CREATE VIEW query_transactions_by_payment_method AS
SELECT
    coalesce(nullif(trim(transactions.payment_method), ''), 'unknown') AS payment_method,
    transactions.invoice_number AS invoice,
    dates.date AS day,
    customers.external_id AS customer,
    countries.name AS country,
    net.units,
    net.revenue / 10000.0::float8 AS revenue
FROM query_orders AS orders
JOIN transactions ON transactions.id = orders.transaction_id
JOIN (
    SELECT
        transaction_id,
        CAST(sum(quantity) AS BIGINT) AS units,
        CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY transaction_id
) AS net ON net.transaction_id = orders.transaction_id
JOIN dates ON dates.id = orders.date_id
LEFT JOIN customers ON customers.id = orders.customer_id
LEFT JOIN countries ON countries.id = orders.country_id;

-- 5 transactions-per-month, for every year.
CREATE VIEW query_transactions_per_month AS
SELECT
    substr(CAST(min(dates.date) AS TEXT), 1, 7) AS month,
    CAST(sum(coalesce(opened.orders, 0)) AS BIGINT) AS orders,
    CAST(sum(net.units) AS BIGINT) AS units,
    sum(net.revenue) / 10000.0::float8 AS revenue
FROM (
    SELECT date_id, sum(quantity) AS units, sum(amount) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY date_id
) AS net
LEFT JOIN (
    SELECT date_id, count(*) AS orders FROM query_orders GROUP BY date_id
) AS opened ON opened.date_id = net.date_id
JOIN dates ON dates.id = net.date_id
GROUP BY dates.year, dates.month;

-- 6 product-sales-of-year and 8 products-sold-above, for every year.
CREATE VIEW query_product_sales_of_year AS
SELECT
    sold.year,
    products.sku,
    products.description,
    products.category,
    sold.orders,
    sold.units,
    sold.revenue / 10000.0::float8 AS revenue
FROM (
    SELECT
        dates.year,
        sales.product_id,
        count(DISTINCT CASE WHEN sales.kind = 'sale' THEN sales.transaction_id END) AS orders,
        CAST(sum(sales.quantity) AS BIGINT) AS units,
        CAST(sum(sales.amount) AS BIGINT) AS revenue
    FROM sales
    JOIN dates ON dates.id = sales.date_id
    WHERE sales.kind <> 'service'
    GROUP BY dates.year, sales.product_id
) AS sold
JOIN products ON products.id = sold.product_id;

-- 7 sales-of-customer, for every customer.
CREATE VIEW query_sales_of_customer AS
SELECT
    customers.external_id AS customer,
    dates.date AS day,
    transactions.invoice_number AS invoice,
    products.sku,
    products.description,
    sales.kind,
    sales.quantity AS units,
    sales.unit_price / 10000.0::float8 AS unit_price,
    sales.amount / 10000.0::float8 AS amount
FROM sales
JOIN customers ON customers.id = sales.customer_id
JOIN transactions ON transactions.id = sales.transaction_id
JOIN dates ON dates.id = sales.date_id
LEFT JOIN products ON products.id = sales.product_id
WHERE sales.kind <> 'service';

-- 9 products-per-producer-country.
CREATE VIEW query_products_per_producer_country AS
SELECT
    coalesce(countries.name, 'unknown') AS producer_country,
    count(*) AS products,
    count(CASE WHEN goods.sale_lines > 0 THEN 1 END) AS sold_products
FROM query_goods AS goods
JOIN products ON products.id = goods.product_id
LEFT JOIN countries ON countries.id = products.producer_country_id
GROUP BY countries.id, countries.name;

-- 10 transactions-per-payment-method.
CREATE VIEW query_transactions_per_payment_method AS
SELECT
    coalesce(min(nullif(trim(transactions.payment_method), '')), 'unknown') AS payment_method,
    count(CASE WHEN net.sale_lines > 0 THEN 1 END) AS orders,
    sum(net.revenue) / 10000.0::float8 AS revenue
FROM transactions
JOIN (
    SELECT
        transaction_id,
        count(CASE WHEN kind = 'sale' THEN 1 END) AS sale_lines,
        CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY transaction_id
) AS net ON net.transaction_id = transactions.id
GROUP BY coalesce(nullif(lower(trim(transactions.payment_method)), ''), 'unknown');

-- 11 revenue-per-category.
CREATE VIEW query_revenue_per_category AS
SELECT
    coalesce(min(nullif(trim(products.category), '')), 'unknown') AS category,
    count(products.id) AS products,
    CAST(sum(net.units) AS BIGINT) AS units,
    sum(net.revenue) / 10000.0::float8 AS revenue
FROM (
    SELECT product_id, sum(quantity) AS units, sum(amount) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY product_id
) AS net
LEFT JOIN products ON products.id = net.product_id
GROUP BY coalesce(nullif(lower(trim(products.category)), ''), 'unknown');

-- 12 average-price-by-sex. A group of fewer than five customers has no row of its own. The lists of words are those
-- of docs/queries.md; lower() under COLLATE "C" knows only the letters a to z, hence the words with a capital umlaut.
CREATE VIEW query_average_price_by_sex AS
WITH bought AS (
    SELECT customer_id, sum(quantity) AS units, sum(amount) AS paid
    FROM sales
    WHERE kind = 'sale' AND customer_id IS NOT NULL
    GROUP BY customer_id
),
sorted AS (
    SELECT
        CASE
            WHEN customers.gender IS NULL OR lower(trim(customers.gender)) IN ('', 'unknown') THEN 4
            WHEN lower(trim(customers.gender)) IN (
                'f', 'w', 'female', 'woman', 'women', 'lady', 'mrs', 'ms', 'miss',
                'frau', 'weiblich', 'femme', 'feminin', 'féminin', 'fÉminin', 'madame',
                'mujer', 'femenino', 'donna', 'femmina', 'vrouw'
            ) THEN 1
            WHEN lower(trim(customers.gender)) IN (
                'm', 'male', 'man', 'men', 'gentleman', 'mr',
                'herr', 'mann', 'männlich', 'mÄnnlich', 'maennlich', 'homme', 'masculin', 'monsieur',
                'hombre', 'masculino', 'uomo', 'maschio'
            ) THEN 2
            ELSE 3
        END AS place,
        bought.units,
        bought.paid
    FROM bought
    JOIN customers ON customers.id = bought.customer_id
),
grouped AS (
    SELECT
        place,
        count(*) AS customers,
        CAST(sum(units) AS BIGINT) AS units,
        CAST(sum(paid) AS BIGINT) AS paid
    FROM sorted
    GROUP BY place
),
counted AS (
    SELECT
        grouped.*,
        coalesce(sum(customers) OVER (
            ORDER BY customers, place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS smaller
    FROM grouped
),
merged AS (
    SELECT
        CASE WHEN customers < 5 OR smaller BETWEEN 1 AND 4 THEN 5 ELSE place END AS place,
        CAST(sum(customers) AS BIGINT) AS customers,
        CAST(sum(units) AS BIGINT) AS units,
        CAST(sum(paid) AS BIGINT) AS paid
    FROM counted
    GROUP BY CASE WHEN customers < 5 OR smaller BETWEEN 1 AND 4 THEN 5 ELSE place END
)
SELECT
    CASE place
        WHEN 1 THEN 'women' WHEN 2 THEN 'men' WHEN 3 THEN 'others' WHEN 4 THEN 'unknown' ELSE 'small groups'
    END AS sex,
    customers,
    units,
    paid / 10000.0::float8 AS paid,
    CASE WHEN units > 0 AND paid >= 0 THEN (2 * paid + units) / (2 * units) / 10000.0::float8 END AS average_price
FROM merged;

-- 13 top-customers: all of them.
CREATE VIEW query_top_customers AS
SELECT
    row_number() OVER (ORDER BY net.revenue DESC, customers.id) AS rank,
    customers.external_id AS customer,
    coalesce(bought.orders, 0) AS orders,
    net.units,
    net.revenue / 10000.0::float8 AS revenue
FROM (
    SELECT
        customer_id,
        CAST(sum(quantity) AS BIGINT) AS units,
        CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY customer_id
) AS net
JOIN customers ON customers.id = net.customer_id
LEFT JOIN (
    SELECT customer_id, count(*) AS orders FROM query_orders GROUP BY customer_id
) AS bought ON bought.customer_id = customers.id;

-- 14 products-never-sold.
CREATE VIEW query_products_never_sold AS
SELECT
    products.sku,
    products.description,
    products.category,
    products.price / 10000.0::float8 AS list_price,
    products.launched,
    products.retired,
    goods.return_lines
FROM query_goods AS goods
JOIN products ON products.id = goods.product_id
WHERE goods.sale_lines = 0;

-- 15 most-transactions-in-country.
CREATE VIEW query_most_transactions_in_country AS
SELECT
    coalesce(countries.name, 'unknown') AS country,
    customers.external_id AS customer,
    ranked.orders
FROM (
    SELECT
        country_id,
        customer_id,
        orders,
        row_number() OVER (PARTITION BY country_id ORDER BY orders DESC, customer_id) AS place
    FROM (
        SELECT country_id, customer_id, count(*) AS orders
        FROM query_orders
        WHERE customer_id IS NOT NULL
        GROUP BY country_id, customer_id
    ) AS counted
) AS ranked
JOIN customers ON customers.id = ranked.customer_id
LEFT JOIN countries ON countries.id = ranked.country_id
WHERE ranked.place = 1;

-- 16 revenue-per-quarter, for every year.
CREATE VIEW query_revenue_per_quarter AS
SELECT
    dates.year,
    dates.quarter,
    CAST(sum(coalesce(opened.orders, 0)) AS BIGINT) AS orders,
    CAST(sum(net.units) AS BIGINT) AS units,
    sum(net.revenue) / 10000.0::float8 AS revenue
FROM (
    SELECT date_id, sum(quantity) AS units, sum(amount) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY date_id
) AS net
LEFT JOIN (
    SELECT date_id, count(*) AS orders FROM query_orders GROUP BY date_id
) AS opened ON opened.date_id = net.date_id
JOIN dates ON dates.id = net.date_id
GROUP BY dates.year, dates.quarter;

-- 17 products-cheaper-than-average.
CREATE VIEW query_products_cheaper_than_average AS
SELECT
    products.sku,
    products.description,
    products.category,
    goods.price / 10000.0::float8 AS price,
    goods.price_from,
    (2 * goods.total + goods.priced) / (2 * goods.priced) / 10000.0::float8 AS average_price
FROM (
    SELECT product_id, price, price_from, CAST(sum(price) OVER () AS BIGINT) AS total, count(price) OVER () AS priced
    FROM query_goods
) AS goods
JOIN products ON products.id = goods.product_id
WHERE goods.price * goods.priced < goods.total;

-- 18 customers-in-every-quarter, for every year.
CREATE VIEW query_customers_in_every_quarter AS
SELECT
    faithful.year,
    customers.external_id AS customer,
    faithful.orders,
    net.units,
    net.revenue / 10000.0::float8 AS revenue
FROM (
    SELECT dates.year, orders.customer_id, count(*) AS orders
    FROM query_orders AS orders
    JOIN dates ON dates.id = orders.date_id
    WHERE orders.customer_id IS NOT NULL
    GROUP BY dates.year, orders.customer_id
    HAVING count(DISTINCT dates.quarter) = 4
) AS faithful
JOIN (
    SELECT
        dates.year,
        sales.customer_id,
        CAST(sum(sales.quantity) AS BIGINT) AS units,
        CAST(sum(sales.amount) AS BIGINT) AS revenue
    FROM sales
    JOIN dates ON dates.id = sales.date_id
    WHERE sales.kind <> 'service'
    GROUP BY dates.year, sales.customer_id
) AS net ON net.customer_id = faithful.customer_id AND net.year = faithful.year
JOIN customers ON customers.id = faithful.customer_id;

-- 19 customers-by-payment-method, for every method.
CREATE VIEW query_customers_by_payment_method AS
SELECT
    coalesce(min(nullif(trim(transactions.payment_method), '')), 'unknown') AS payment_method,
    customers.external_id AS customer,
    count(*) AS orders,
    sum(net.revenue) / 10000.0::float8 AS revenue,
    min(dates.date) AS first_day,
    max(dates.date) AS last_day
FROM query_orders AS orders
JOIN transactions ON transactions.id = orders.transaction_id
JOIN (
    SELECT transaction_id, CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY transaction_id
) AS net ON net.transaction_id = orders.transaction_id
JOIN dates ON dates.id = orders.date_id
JOIN customers ON customers.id = orders.customer_id
GROUP BY
    coalesce(nullif(lower(trim(transactions.payment_method)), ''), 'unknown'), customers.id, customers.external_id;

-- 20 top-producer-countries: all of them; the unknown without a rank.
CREATE VIEW query_top_producer_countries AS
SELECT
    CASE WHEN id IS NOT NULL THEN row_number() OVER (
        ORDER BY CASE WHEN id IS NULL THEN 1 ELSE 0 END, revenue DESC, id
    ) END AS rank,
    coalesce(name, 'unknown') AS producer_country,
    products,
    units,
    revenue / 10000.0::float8 AS revenue
FROM (
    SELECT
        countries.id,
        countries.name,
        count(products.id) AS products,
        CAST(sum(net.units) AS BIGINT) AS units,
        CAST(sum(net.revenue) AS BIGINT) AS revenue
    FROM (
        SELECT product_id, sum(quantity) AS units, sum(amount) AS revenue
        FROM sales
        WHERE kind <> 'service'
        GROUP BY product_id
    ) AS net
    LEFT JOIN products ON products.id = net.product_id
    LEFT JOIN countries ON countries.id = products.producer_country_id
    GROUP BY countries.id, countries.name
) AS grouped;
