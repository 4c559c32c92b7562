-- An order made by hand may wait for its lines.
SELECT 'transactions', id, printf('order %s has no line', invoice_number)
FROM transactions
WHERE imported AND id NOT IN (SELECT transaction_id FROM sales);
