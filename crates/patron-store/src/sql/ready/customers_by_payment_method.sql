-- 19: who ever paid a given way. $1: the payment method.
SELECT
    customers.external_id AS customer,
    count(*) AS orders,
    CAST(sum(paid.revenue) AS BIGINT) AS revenue,
    min(orders.date_id) AS first_day,
    max(orders.date_id) AS last_day
FROM query_orders AS orders
JOIN (
    SELECT sales.transaction_id, sum(sales.amount) AS revenue
    FROM sales
    JOIN transactions ON transactions.id = sales.transaction_id
    WHERE sales.kind <> 'service'
        AND coalesce(nullif(lower(trim(transactions.payment_method)), ''), 'unknown') = lower(trim($1))
    GROUP BY sales.transaction_id
) AS paid ON paid.transaction_id = orders.transaction_id
JOIN customers ON customers.id = orders.customer_id
GROUP BY customers.id, customers.external_id
ORDER BY count(*) DESC, customers.id
