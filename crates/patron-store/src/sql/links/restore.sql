-- Where both lines are still there, and were not made into something else by hand since.
INSERT INTO cancellations (sale_id, purchase_id)
SELECT own.sale_id, own.purchase_id
FROM former_links AS own
JOIN sales AS back ON back.id = own.sale_id
JOIN sales AS bought ON bought.id = own.purchase_id
WHERE own.import_id = ?1
  AND NOT EXISTS (
      SELECT 1 FROM former_links AS later
      WHERE later.sale_id = own.sale_id AND later.import_id > ?1)
  AND back.kind = 'return' AND bought.kind = 'sale'
  AND back.customer_id = bought.customer_id
  AND back.product_id IS NOT DISTINCT FROM bought.product_id
  AND bought.quantity >= -back.quantity
  AND CAST(bought.amount AS NUMERIC) * back.quantity = CAST(back.amount AS NUMERIC) * bought.quantity
