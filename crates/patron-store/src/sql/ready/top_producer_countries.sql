-- 20: producer countries by revenue; products whose producer is unknown come last, without a rank. $1: how many.
WITH grouped AS (
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
),
ranked AS (
    SELECT
        grouped.*,
        row_number() OVER (ORDER BY CASE WHEN id IS NULL THEN 1 ELSE 0 END, revenue DESC, id) AS place
    FROM grouped
)
SELECT
    CASE WHEN id IS NOT NULL THEN place END AS rank,
    coalesce(name, 'unknown') AS producer_country,
    products,
    units,
    revenue
FROM ranked
WHERE place <= $1 OR id IS NULL
ORDER BY place
