SELECT 'cancellations', link.sale_id,
       CASE
           WHEN back.kind <> 'return' THEN 'sale ' || back.id || ' is no return but a ' || back.kind
           WHEN bought.kind <> 'sale' THEN
               'takes back ' || bought.id || ', which is no sale but a ' || bought.kind
           WHEN back.customer_id IS DISTINCT FROM bought.customer_id THEN
               'takes back sale ' || bought.id || ' of another customer'
           WHEN back.product_id IS DISTINCT FROM bought.product_id THEN
               'takes back sale ' || bought.id || ' of another product'
           ELSE 'takes back sale ' || bought.id || ', which came later'
       END
FROM cancellations AS link
JOIN sales AS back ON back.id = link.sale_id
JOIN sales AS bought ON bought.id = link.purchase_id
WHERE back.kind <> 'return'
   OR bought.kind <> 'sale'
   OR back.customer_id IS DISTINCT FROM bought.customer_id
   OR back.product_id IS DISTINCT FROM bought.product_id
   OR bought.timestamp > back.timestamp
ORDER BY link.sale_id;
