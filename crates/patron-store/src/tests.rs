//! What can only be tested from inside.

mod full_disk;
mod references;
mod schema;
