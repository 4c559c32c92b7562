DELETE FROM cancellations
WHERE sale_id IN (
    SELECT own.sale_id FROM former_links AS own
    WHERE own.import_id = ?1
      AND NOT EXISTS (
          SELECT 1 FROM former_links AS later
          WHERE later.sale_id = own.sale_id AND later.import_id > ?1))
