-- 15: who has most orders in a country. $1: its name, or null for every country.
SELECT coalesce(countries.name, 'unknown') AS country, customers.external_id AS customer, ranked.orders
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
WHERE ranked.place = 1 AND (CAST($1 AS TEXT) IS NULL OR countries.name = CAST($1 AS TEXT))
ORDER BY CASE WHEN countries.id IS NULL THEN 1 ELSE 0 END, ranked.orders DESC, countries.id
