-- Single sales beside imports: what a service needs to answer for one customer in a shop of any size.

CREATE INDEX sales_customer_id ON sales (customer_id);
CREATE INDEX sales_transaction_id ON sales (transaction_id);
CREATE INDEX sales_date_id ON sales (date_id);
CREATE INDEX transactions_customer_id ON transactions (customer_id);

-- Sales of the import that were changed or deleted by hand since: what its report counts is not what is held then.
ALTER TABLE imports ADD COLUMN corrections BIGINT NOT NULL DEFAULT 0;

-- What the shop itself calls a product, where it was written by hand: comes back when the imports that call it
-- otherwise are undone.
ALTER TABLE products ADD COLUMN own_description TEXT COLLATE "C";

-- The highest id that a row deleted by hand has had: no other row gets it.
CREATE TABLE highest_ids (
    table_name TEXT COLLATE "C" PRIMARY KEY,
    id BIGINT NOT NULL
);
