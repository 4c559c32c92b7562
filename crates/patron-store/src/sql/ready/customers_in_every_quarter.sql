-- 18: who bought in all four quarters of a year. $1, $2: its first and last day.
SELECT customers.external_id AS customer, faithful.orders, net.units, net.revenue
FROM (
    SELECT orders.customer_id, count(*) AS orders
    FROM query_orders AS orders
    JOIN dates ON dates.id = orders.date_id
    WHERE orders.date_id BETWEEN $1 AND $2 AND orders.customer_id IS NOT NULL
    GROUP BY orders.customer_id
    HAVING count(DISTINCT dates.quarter) = 4
) AS faithful
JOIN (
    SELECT customer_id, CAST(sum(quantity) AS BIGINT) AS units, CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service' AND date_id BETWEEN $1 AND $2
    GROUP BY customer_id
) AS net ON net.customer_id = faithful.customer_id
JOIN customers ON customers.id = faithful.customer_id
ORDER BY net.revenue DESC, customers.id
