-- An order made by hand may wait for its lines.
SELECT 'transactions', id, 'order ' || invoice_number || ' has no line'
FROM transactions
WHERE imported AND NOT EXISTS (SELECT 1 FROM sales WHERE sales.transaction_id = transactions.id)
ORDER BY id;
