-- What the links of an import took the place of: of a cancellation that an earlier import holds, the purchase linked
-- before, null where there was none. Undoing the import gives it back, if both lines are still there.
CREATE TABLE former_links (
    sale_id BIGINT NOT NULL,
    import_id BIGINT NOT NULL REFERENCES imports (id),
    purchase_id BIGINT,
    PRIMARY KEY (sale_id, import_id)
);
