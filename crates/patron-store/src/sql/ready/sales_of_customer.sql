-- 7: the lines of one customer. $1: the customer's id as the shop writes it.
SELECT
    sales.date_id AS day,
    transactions.invoice_number AS invoice,
    products.sku,
    products.description,
    sales.kind,
    sales.quantity AS units,
    sales.unit_price,
    sales.amount
FROM customers
JOIN sales ON sales.customer_id = customers.id
JOIN transactions ON transactions.id = sales.transaction_id
LEFT JOIN products ON products.id = sales.product_id
WHERE customers.external_id = $1 AND sales.kind <> 'service'
ORDER BY sales.timestamp, sales.id
