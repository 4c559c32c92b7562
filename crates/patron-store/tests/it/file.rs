//! What a database in a file brings with it: pages, a log beside it, permissions, SQLite's own statements.

mod backup;
mod damage;
mod refusals;
mod sql;
mod statements;
