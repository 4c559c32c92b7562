-- 2: customers by sex and country. A group of fewer than five customers has no row of its own, and if those few
-- come to fewer than five together, the smallest other group joins them.
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
),
marked AS (
    SELECT
        counted.*,
        CASE WHEN customers < 5 OR smaller BETWEEN 1 AND 4 THEN 1 ELSE 0 END AS is_small
    FROM counted
)
SELECT
    CASE is_small WHEN 0 THEN min(gender) ELSE 'small groups' END AS gender,
    CASE is_small WHEN 0 THEN min(country) ELSE 'small groups' END AS country,
    count(*) AS groups,
    CAST(sum(customers) AS BIGINT) AS customers,
    CAST(sum(buyers) AS BIGINT) AS buyers
FROM marked
GROUP BY is_small, CASE is_small WHEN 0 THEN first_customer END
ORDER BY is_small, sum(customers) DESC, min(first_customer)
