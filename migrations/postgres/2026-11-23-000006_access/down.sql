DROP TABLE erased_salt;
DROP TABLE erased;
DROP TABLE audit;
DROP TABLE api_keys;
