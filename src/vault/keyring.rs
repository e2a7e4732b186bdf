use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox, SecretString, zeroize::Zeroizing};
use toml::{Table, Value};

use super::ring::{KeyId, Live, Ring};
use crate::clock::Clock;

type Key = SecretBox<[u8; 32]>;

/// The two rings of the keys file (design §7): sealing keys, which rotate freely, and index keys,
/// which live long because blocks and links in mails depend on them.
pub struct Keyrings {
    pub(super) sealing: Ring<Key>,
    pub(super) index: Ring<Key>,
}

/// What is wrong with a keys file: the place in it, never what stands there.
#[derive(Debug)]
pub enum KeysError {
    /// The system's answer, such as "not found" or "already exists".
    Io(io::ErrorKind),
    /// Others than the owner may read it; the mode it has.
    Exposed(u32),
    /// It is not TOML, at this line.
    Syntax(usize),
    /// It holds something other than the two rings.
    Unknown,
    /// This ring has no key.
    Empty(&'static str),
    /// The ring, the place of the entry counted from 1, and what is wrong with it.
    Entry(&'static str, usize, &'static str),
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(kind) => write!(f, "the keys file: {kind}"),
            Self::Exposed(mode) => {
                write!(f, "the keys file: others can read it (mode {mode:04o}); make it 0600")
            }
            Self::Syntax(line) => write!(f, "the keys file: line {line} is not TOML"),
            Self::Unknown => f.write_str("the keys file: only [[sealing]] and [[index]] may stand there"),
            Self::Empty(ring) => write!(f, "the keys file: there is no [[{ring}]] key"),
            Self::Entry(ring, at, what) => write!(f, "the keys file: [[{ring}]] number {at} {what}"),
        }
    }
}

impl std::error::Error for KeysError {}

impl From<io::Error> for KeysError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

const HEADER: &str = "\
# The keys of Replydesk. Without them no address can be read and no link in a mail works:
# back this file up apart from the database, and let nobody but the service read it.
# The first key of each ring makes what is new; all of them read what is there.
";

// far above any sensible number of keys, far below what could hurt
const LARGEST: u64 = 64 * 1024;

impl Keyrings {
    /// New keys: `s1` to seal, `i1` to index.
    pub fn generate(clock: &Clock) -> Self {
        let ring = |id| Ring::one(id, Key::new(Box::new(clock.random())));
        Self { sealing: ring(KeyId::first('s')), index: ring(KeyId::first('i')) }
    }

    /// The text of the keys file.
    pub fn to_toml(&self) -> SecretString {
        let mut text = Zeroizing::new(HEADER.to_owned());
        for (name, ring) in [("sealing", &self.sealing), ("index", &self.index)] {
            for live in ring.iter() {
                let key = Zeroizing::new(URL_SAFE_NO_PAD.encode(live.key.expose_secret()));
                let entry = format!("\n[[{name}]]\nid = \"{}\"\nkey = \"{}\"\n", live.id, *key);
                text.push_str(&Zeroizing::new(entry));
            }
        }
        text.as_str().into()
    }

    /// Reads the text of a keys file.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let upto = error.span().and_then(|span| text.get(..span.start)).unwrap_or(text);
            KeysError::Syntax(upto.matches('\n').count() + 1)
        })?;
        if table.keys().any(|name| name != "sealing" && name != "index") {
            return Err(KeysError::Unknown);
        }
        let keys = Self { sealing: ring(&table, "sealing")?, index: ring(&table, "index")? };
        let shared = |key: &Live<Key>| keys.sealing.iter().any(|other| same(&other.key, &key.key));
        let twice = keys.index.iter().position(shared);
        match twice {
            Some(at) => Err(KeysError::Entry("index", at + 1, "is also a sealing key")),
            None => Ok(keys),
        }
    }

    /// Reads a keys file that only its owner can read.
    pub fn read(path: &Path) -> Result<Self, KeysError> {
        let file = File::open(path)?;
        // asked of the open file: the path could name another one by now
        let mode = file.metadata()?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeysError::Exposed(mode));
        }
        let mut text = Zeroizing::new(String::new());
        // a file cut short could still read well, with keys missing
        if file.take(LARGEST + 1).read_to_string(&mut text)? as u64 > LARGEST {
            return Err(KeysError::Io(io::ErrorKind::FileTooLarge));
        }
        Self::parse(&text)
    }

    /// Writes a new keys file (mode 0600) and waits until it is on disk: addresses sealed with keys
    /// that a power cut takes away are lost. Never replaces a file.
    pub fn write_new(&self, path: &Path) -> Result<(), KeysError> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let written =
            file.write_all(self.to_toml().expose_secret().as_bytes()).and_then(|()| file.sync_all());
        if let Err(error) = written {
            // half a file would stop every later start
            fs::remove_file(path)?;
            return Err(error.into());
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Ok(File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?)
    }

    /// The names of the sealing keys, the current one first.
    pub fn sealing_ids(&self) -> impl Iterator<Item = &KeyId> {
        self.sealing.iter().map(|live| &live.id)
    }

    /// The names of the index keys, the current one first.
    pub fn index_ids(&self) -> impl Iterator<Item = &KeyId> {
        self.index.iter().map(|live| &live.id)
    }
}

impl fmt::Debug for Keyrings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyrings(redacted)")
    }
}

fn ring(table: &Table, name: &'static str) -> Result<Ring<Key>, KeysError> {
    let entries = table.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut keys: Vec<Live<Key>> = Vec::with_capacity(entries.len());
    for (at, value) in entries.iter().enumerate() {
        let wrong = |what| KeysError::Entry(name, at + 1, what);
        let live = entry(value).map_err(wrong)?;
        if keys.iter().any(|other| other.id == live.id) {
            return Err(wrong("has the id of an earlier one"));
        }
        if keys.iter().any(|other| same(&other.key, &live.key)) {
            return Err(wrong("has the key of an earlier one"));
        }
        keys.push(live);
    }
    Ring::new(keys).ok_or(KeysError::Empty(name))
}

fn entry(value: &Value) -> Result<Live<Key>, &'static str> {
    let table = value.as_table().filter(|table| table.len() == 2).ok_or("must have an id and a key")?;
    let text = |name: &str| table.get(name).and_then(Value::as_str);
    let id = text("id").and_then(KeyId::parse).ok_or("has no id of 1 to 16 of a-z, 0-9, - and _")?;
    let raw = text("key").ok_or("has no key")?;
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(raw).map_err(|_| "has a key that is not base64url")?);
    let key: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| "has a key that is not 32 bytes long")?;
    Ok(Live { id, key: Key::new(Box::new(*key)) })
}

fn same(one: &Key, other: &Key) -> bool {
    one.expose_secret() == other.expose_secret()
}

#[cfg(test)]
#[path = "keyring_tests.rs"]
pub(super) mod tests;
