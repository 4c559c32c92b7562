DROP TABLE highest_ids;
ALTER TABLE products DROP COLUMN own_description;
ALTER TABLE imports DROP COLUMN corrections;
DROP INDEX transactions_customer_id;
DROP INDEX sales_date_id;
DROP INDEX sales_transaction_id;
DROP INDEX sales_customer_id;
