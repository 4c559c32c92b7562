-- 19: who ever paid a given way. $1: the payment method.
SELECT
    customers.external_id AS customer,
    count(*) AS orders,
    CAST(sum(net.revenue) AS BIGINT) AS revenue,
    min(orders.date_id) AS first_day,
    max(orders.date_id) AS last_day
FROM query_orders AS orders
JOIN transactions ON transactions.id = orders.transaction_id
JOIN (
    SELECT transaction_id, CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY transaction_id
) AS net ON net.transaction_id = orders.transaction_id
JOIN customers ON customers.id = orders.customer_id
WHERE coalesce(nullif(lower(trim(transactions.payment_method)), ''), 'unknown') = lower(trim($1))
GROUP BY customers.id, customers.external_id
ORDER BY count(*) DESC, customers.id
