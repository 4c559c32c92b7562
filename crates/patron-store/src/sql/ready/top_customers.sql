-- 13: who brings most. $1: how many.
SELECT
    row_number() OVER (ORDER BY net.revenue DESC, customers.id) AS rank,
    customers.external_id AS customer,
    coalesce(bought.orders, 0) AS orders,
    net.units,
    net.revenue
FROM (
    SELECT customer_id, CAST(sum(quantity) AS BIGINT) AS units, CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY customer_id
) AS net
JOIN customers ON customers.id = net.customer_id
LEFT JOIN (
    SELECT customer_id, count(*) AS orders FROM query_orders GROUP BY customer_id
) AS bought ON bought.customer_id = customers.id
ORDER BY net.revenue DESC, customers.id
LIMIT $1
