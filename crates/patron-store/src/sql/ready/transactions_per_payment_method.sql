-- 10: orders and revenue by payment method.
SELECT
    coalesce(min(nullif(trim(transactions.payment_method), '')), 'unknown') AS payment_method,
    count(CASE WHEN net.sale_lines > 0 THEN 1 END) AS orders,
    CAST(sum(net.revenue) AS BIGINT) AS revenue
FROM transactions
JOIN (
    SELECT
        transaction_id,
        count(CASE WHEN kind = 'sale' THEN 1 END) AS sale_lines,
        CAST(sum(amount) AS BIGINT) AS revenue
    FROM sales
    WHERE kind <> 'service'
    GROUP BY transaction_id
) AS net ON net.transaction_id = transactions.id
GROUP BY coalesce(nullif(lower(trim(transactions.payment_method)), ''), 'unknown')
ORDER BY
    CASE coalesce(nullif(lower(trim(transactions.payment_method)), ''), 'unknown') WHEN 'unknown' THEN 1 ELSE 0 END,
    count(CASE WHEN net.sale_lines > 0 THEN 1 END) DESC,
    min(transactions.id)
