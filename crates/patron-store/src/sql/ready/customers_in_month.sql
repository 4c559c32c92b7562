-- 1: who bought in a month. $1, $2: its first and last day.
SELECT customers.external_id AS customer, active.orders, net.units, net.revenue
FROM (
    SELECT customer_id, count(*) AS orders
    FROM query_orders
    WHERE date_id BETWEEN $1 AND $2 AND customer_id IS NOT NULL
    GROUP BY customer_id
) AS active
JOIN (
    SELECT customer_id, CAST(sum(quantity) AS BIGINT) AS units, CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service' AND date_id BETWEEN $1 AND $2
    GROUP BY customer_id
) AS net ON net.customer_id = active.customer_id
JOIN customers ON customers.id = active.customer_id
ORDER BY net.revenue DESC, customers.id
