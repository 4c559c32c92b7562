-- 4: orders with their payment method. $1: one method, or null for all.
SELECT
    coalesce(nullif(trim(transactions.payment_method), ''), 'unknown') AS payment_method,
    transactions.invoice_number AS invoice,
    orders.date_id AS day,
    customers.external_id AS customer,
    countries.name AS country,
    net.units,
    net.revenue
FROM query_orders AS orders
JOIN transactions ON transactions.id = orders.transaction_id
JOIN (
    SELECT transaction_id, CAST(sum(quantity) AS BIGINT) AS units, CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY transaction_id
) AS net ON net.transaction_id = orders.transaction_id
LEFT JOIN customers ON customers.id = orders.customer_id
LEFT JOIN countries ON countries.id = orders.country_id
WHERE CAST($1 AS TEXT) IS NULL
    OR coalesce(nullif(lower(trim(transactions.payment_method)), ''), 'unknown') = lower(trim(CAST($1 AS TEXT)))
ORDER BY
    CASE coalesce(nullif(lower(trim(transactions.payment_method)), ''), 'unknown') WHEN 'unknown' THEN 1 ELSE 0 END,
    coalesce(nullif(lower(trim(transactions.payment_method)), ''), 'unknown'),
    orders.date_id,
    transactions.id
