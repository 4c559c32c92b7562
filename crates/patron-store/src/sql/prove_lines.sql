-- The table of a line, order or customer, from the first new one on, that refers to a row that does not exist.
SELECT 'sales' FROM sales
WHERE id >= ?1 AND NOT EXISTS (SELECT 1 FROM transactions WHERE transactions.id = sales.transaction_id)
UNION ALL
SELECT 'sales' FROM sales
WHERE id >= ?1 AND product_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM products WHERE products.id = sales.product_id)
UNION ALL
SELECT 'sales' FROM sales
WHERE id >= ?1 AND customer_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM customers WHERE customers.id = sales.customer_id)
UNION ALL
SELECT 'sales' FROM sales
WHERE id >= ?1 AND country_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM countries WHERE countries.id = sales.country_id)
UNION ALL
SELECT 'sales' FROM sales
WHERE id >= ?1 AND NOT EXISTS (SELECT 1 FROM dates WHERE dates.id = sales.date_id)
UNION ALL
SELECT 'transactions' FROM transactions
WHERE id >= ?2 AND customer_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM customers WHERE customers.id = transactions.customer_id)
UNION ALL
SELECT 'transactions' FROM transactions
WHERE id >= ?2 AND country_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM countries WHERE countries.id = transactions.country_id)
UNION ALL
SELECT 'customers' FROM customers
WHERE id >= ?3 AND country_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM countries WHERE countries.id = customers.country_id)
LIMIT 1
