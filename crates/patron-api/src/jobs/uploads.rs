//! Files that were sent to be imported: kept beside the database until their job has ended.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::body::{BodyStream, MessageBody};
use actix_web::rt;
use actix_web::web::{self, Bytes};
use chrono::NaiveDateTime;
use patron_store::{DatabaseUrl, ServiceId};
use sha2::{Digest, Sha256};

use super::JobError;
use crate::ApiError;

/// Bytes a file may have.
pub(crate) const LARGEST_FILE: u64 = 2 * 1024 * 1024 * 1024;
/// How long the next part of a file may take to come.
const NEXT_PART_WITHIN: Duration = Duration::from_secs(30);
/// Bytes that are written at once.
const PART: usize = 1024 * 1024;
/// Bytes of a file's name.
const LONGEST_NAME: usize = 200;

/// The folder of all uploads of a database, and which of them are this service's own.
#[derive(Clone, Debug)]
pub(crate) struct Uploads(PathBuf, ServiceId);

/// A file that has come to its end.
#[derive(Debug)]
pub(crate) struct Upload {
    /// Its folder among the uploads.
    pub(crate) folder: String,
    /// Bytes.
    pub(crate) bytes: u64,
    /// SHA-256 in hexadecimal.
    pub(crate) sha256: String,
}

impl Uploads {
    /// Beside the database: `shop.db.uploads`; where that is on a server, in the folder of the service, under a name
    /// made of the address: `postgres-host-shop.uploads`.
    pub(crate) fn of(url: &DatabaseUrl, service: ServiceId) -> Self {
        let Some(file) = url.path() else {
            let address = url.to_string();
            let words =
                address.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
            return Self(format!("{}.uploads", words.collect::<Vec<_>>().join("-")).into(), service);
        };
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".uploads");
        Self(file.with_file_name(name), service)
    }

    /// Whether a file is there.
    pub(crate) fn is_there(&self, folder: &str) -> bool {
        !folder.is_empty() && self.0.join(folder).is_dir()
    }

    /// Where a file lies.
    pub(crate) fn path(&self, folder: &str, file_name: &str) -> PathBuf {
        self.0.join(folder).join(file_name)
    }

    /// Forgets a file; one that is not there is no error.
    pub(crate) fn remove(&self, folder: &str) {
        if !folder.is_empty()
            && let Err(error) = remove(&self.0.join(folder))
        {
            tracing::warn!("the upload {folder} could not be removed: {error}");
        }
        // goes when it is empty
        let _ = fs::remove_dir(&self.0);
    }

    /// Forgets all files that this service has taken and no open job asks for.
    pub(crate) fn keep_only(&self, folders: &BTreeSet<String>) {
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&format!("{}-", self.1)) && !folders.contains(name.as_ref()) {
                self.remove(&name);
            }
        }
    }

    /// Takes the body of a request as a file called `file_name`, onto the disk.
    ///
    /// # Errors
    /// [`ApiError::BodyTooLarge`]; [`JobError::Upload`], [`JobError::Incomplete`], [`JobError::Empty`]. Nothing of the file is left
    /// then.
    pub(crate) async fn take(
        &self,
        payload: web::Payload,
        file_name: &str,
        largest: u64,
        now: NaiveDateTime,
    ) -> Result<Upload, ApiError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let process = std::process::id();
        let folder = format!("{}-{}-{process}-{number}", self.1, now.format("%Y%m%dT%H%M%S%6f"));
        let path = self.path(&folder, file_name);
        let taken = take(payload, path, largest).await;
        if taken.is_err() {
            self.remove(&folder);
        }
        taken.map(|(bytes, sha256)| Upload { folder, bytes, sha256 })
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file that is being written.
struct Writing {
    file: File,
    hash: Sha256,
    bytes: u64,
}

async fn take(payload: web::Payload, path: PathBuf, largest: u64) -> Result<(u64, String), ApiError> {
    let mut writing = blocking(move || {
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        Ok(Writing { file: File::create_new(&path)?, hash: Sha256::new(), bytes: 0 })
    })
    .await?;
    let (mut stream, mut part, mut bytes) = (BodyStream::new(payload), Vec::with_capacity(PART), 0_u64);
    loop {
        let next = next(&mut stream).await?;
        if let Some(chunk) = &next {
            bytes += chunk.len() as u64;
            if bytes > largest {
                return Err(ApiError::BodyTooLarge { limit: largest });
            }
            part.extend_from_slice(chunk);
        }
        if part.len() >= PART || next.is_none() {
            let full = std::mem::replace(&mut part, Vec::with_capacity(PART));
            writing = blocking(move || {
                writing.file.write_all(&full)?;
                writing.hash.update(&full);
                writing.bytes += full.len() as u64;
                Ok(writing)
            })
            .await?;
        }
        if next.is_none() {
            break;
        }
    }
    if bytes == 0 {
        return Err(JobError::Empty.into());
    }
    let Writing { hash, bytes, .. } = blocking(move || writing.file.sync_all().map(|()| writing)).await?;
    Ok((bytes, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// The next part of the body; `None` at its end.
async fn next(stream: &mut BodyStream<web::Payload>) -> Result<Option<Bytes>, ApiError> {
    let part = std::future::poll_fn(|context| std::pin::Pin::new(&mut *stream).poll_next(context));
    match rt::time::timeout(NEXT_PART_WITHIN, part).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(part))) => Ok(Some(part)),
        Ok(Some(Err(error))) => Err(JobError::Incomplete { reason: error.to_string() }.into()),
        Err(_) => {
            let reason = format!("nothing came for {} seconds", NEXT_PART_WITHIN.as_secs());
            Err(JobError::Incomplete { reason }.into())
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, ApiError> {
    let done = web::block(work).await.map_err(|_| ApiError::Lost)?;
    Ok(done.map_err(JobError::Upload)?)
}

/// The name of a file without folders, as it may be used here; `None` for one that may not.
pub(crate) fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let allowed = !last.is_empty()
        && last.len() <= LONGEST_NAME
        && last != "."
        && last != ".."
        && !last.chars().any(|c| c.is_control() || c == ':' || c == '\u{202e}');
    allowed.then(|| last.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_lead_nowhere_else() {
        assert_eq!(safe_name("sales.csv").as_deref(), Some("sales.csv"));
        assert_eq!(safe_name("C:\\Users\\me\\sales 1.xlsx").as_deref(), Some("sales 1.xlsx"));
        assert_eq!(safe_name("../../etc/passwd").as_deref(), Some("passwd"));
        for none in ["", "..", "a/..", "x/", "a\nb", "a:b", &"x".repeat(201)] {
            assert_eq!(safe_name(none), None, "{none:?}");
        }
    }

    #[test]
    fn only_what_is_asked_for_stays() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::of(&DatabaseUrl::from_path(folder.path().join("shop.db")), ServiceId(1));
        for name in ["1-a", "1-b", "12-a"] {
            fs::create_dir_all(uploads.0.join(name)).unwrap();
            fs::write(uploads.path(name, "x.csv"), "x").unwrap();
        }
        uploads.keep_only(&BTreeSet::from(["1-b".to_owned()]));
        assert!(!uploads.is_there("1-a") && uploads.path("1-b", "x.csv").exists());
        assert!(uploads.is_there("12-a"), "it is another service's");
        uploads.remove("12-a");
        uploads.remove("1-b");
        uploads.remove("1-b");
        assert!(!uploads.0.exists() && folder.path().exists());
        let server = Uploads::of(&"postgres://ann:secret@db:5433/shop".parse().unwrap(), ServiceId(1));
        assert_eq!(server.0, PathBuf::from("postgres-ann-db-5433-shop.uploads"));
    }
}
