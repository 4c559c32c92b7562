DROP TABLE serving_model;
DROP TABLE jobs;
