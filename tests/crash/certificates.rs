//! Certificates of one test's own, made by OpenSSL.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// An authority that nobody else trusts, and what it signed.
pub struct Authority(TempDir);

/// A certificate and its key, as files.
pub struct Signed {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new() -> Self {
        let authority = Self(tempfile::tempdir().unwrap());
        authority.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "2",
            "-subj",
            "/CN=A test's authority",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
        ]);
        authority
    }

    /// The file that says whom to trust.
    pub fn file(&self) -> PathBuf {
        self.path("ca.pem")
    }

    /// A certificate for this host, good for so many days from now; it has expired when they are fewer than none.
    pub fn signs(&self, host: &str, days: i32) -> Signed {
        let name = |end: &str| format!("{host}.{days}.{end}");
        let (key, request, certificate, extensions) = (name("key"), name("csr"), name("pem"), name("ext"));
        fs::write(self.path(&extensions), format!("subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\n"))
            .unwrap();
        self.openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            &key,
            "-out",
            &request,
            "-subj",
            "/CN=a mail server",
        ]);
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            &days.to_string(),
            "-extfile",
            &extensions,
            "-out",
            &certificate,
        ]);
        Signed { certificate: self.path(&certificate), key: self.path(&key) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn openssl(&self, arguments: &[&str]) {
        let folder: &Path = self.0.path();
        let made = Command::new("openssl")
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(made.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&made.stderr));
    }
}
