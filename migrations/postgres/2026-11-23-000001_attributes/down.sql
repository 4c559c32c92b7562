DROP VIEW acquisition_spend_readable;
DROP VIEW contact_costs_readable;
DROP VIEW customers_readable;
DROP TABLE customer_changes;
DROP TABLE attribute_files;
DROP TABLE acquisition_spend;
DROP TABLE contact_costs;
ALTER TABLE customers DROP COLUMN listed_country_id;
ALTER TABLE customers DROP COLUMN may_contact;
