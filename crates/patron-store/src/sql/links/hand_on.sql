-- The next import that changed the same link remembers from now on what this one remembered.
UPDATE former_links AS next SET purchase_id = own.purchase_id
FROM former_links AS own
WHERE own.import_id = ?1
  AND next.sale_id = own.sale_id
  AND next.import_id = (
      SELECT min(later.import_id) FROM former_links AS later
      WHERE later.sale_id = own.sale_id AND later.import_id > ?1)
