-- 12: what a unit costs women, men and others on average. A group of fewer than five customers has no row of its own,
-- and if those few come to fewer than five together, the smallest other group joins them. lower() of SQLite knows only
-- the letters a to z, hence the words with a capital umlaut or accent.
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
    SELECT place, count(*) AS customers, CAST(sum(units) AS BIGINT) AS units, CAST(sum(paid) AS BIGINT) AS paid
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
    paid,
    CASE WHEN units > 0 AND paid >= 0 THEN (2 * paid + units) / (2 * units) END AS average_price
FROM merged
ORDER BY place
