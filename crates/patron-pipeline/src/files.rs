//! Writing results so that a reader never finds half a file.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::PipelineError;

/// Writes a whole file beside its place and moves it there.
///
/// # Errors
/// [`PipelineError::Write`] naming the file; the former one, if any, stays as it was.
pub fn write_file(
    path: &Path,
    content: impl FnOnce(&mut (dyn Write + Send)) -> std::io::Result<()>,
) -> Result<(), PipelineError> {
    let failed = |source| PipelineError::Write { path: path.to_owned(), source };
    let partial = partial_name(path);
    let attempt = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = BufWriter::new(File::create(&partial)?);
        content(&mut file)?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        fs::rename(&partial, path)
    };
    attempt().map_err(|error| {
        // the error that stopped us is the one to report
        let _ = fs::remove_file(&partial);
        failed(error)
    })
}

fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_former_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/report.html");
        write_file(&path, |file| file.write_all(b"first")).unwrap();
        let broken = write_file(&path, |file| {
            file.write_all(b"half")?;
            Err(std::io::Error::other("the disk is full"))
        });
        assert!(broken.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(folder.path().join("sub")).unwrap().count(), 1);
    }
}
