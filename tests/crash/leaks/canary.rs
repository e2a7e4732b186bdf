//! Addresses that must not come out again, in every form in which they could.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The reader's address, as it is typed.
pub const EMAIL: &str = "Canary.Reader+quiet@nightingale-place.example";
/// Where the reader is.
pub const V4: &str = "198.51.100.213";
pub const V6: &str = "2001:db8:ca11:d00d:1:2:3:4d";
/// All that can be told of the reader: the addresses, their parts and the networks around them.
const OF_THE_READER: [&str; 18] = [
    EMAIL,
    "canary.reader+quiet@nightingale-place.example",
    "Canary.Reader+quiet",
    "canary.reader+quiet",
    "canary.reader",
    "nightingale-place.example",
    V4,
    "198.51.100.213/32",
    "198.51.100.0/24",
    "198.51.100.",
    "::ffff:198.51.100.213",
    "::ffff:c633:64d5",
    V6,
    "2001:0db8:ca11:d00d:0001:0002:0003:004d",
    "2001:db8:ca11:d00d::/64",
    "2001:db8:ca11:d00d::",
    "2001:db8:ca11::/48",
    "2001:db8:ca11",
];

/// What a person writes into a text is public by nature: not for logs and metrics all the same.
pub const WRITTEN: &str = "inked.canary@written-words.example";
/// A moderator's address is kept, and used for mail; nobody else is told.
pub const MODERATOR: &str = "mo.canary@watchtower-desk.example";

/// Shorter forms would be found by chance.
const SHORTEST: usize = 8;
/// As much of a digest as tells it: also a shortened one is found.
const TELLING: usize = 16;

/// Looks for all forms of some values at once, whatever their case.
pub struct Searcher {
    names: Vec<String>,
    forms: AhoCorasick,
}

impl Searcher {
    /// For what can be told of the reader.
    pub fn of_the_reader() -> Self {
        Self::of(&OF_THE_READER)
    }

    pub fn of(values: &[&str]) -> Self {
        let mut forms = BTreeMap::new();
        for value in values {
            for (name, form) in texts(value).into_iter().chain(digests(value)) {
                if form.len() >= SHORTEST {
                    forms.entry(form.to_ascii_lowercase()).or_insert_with(|| format!("{name} of {value}"));
                }
            }
        }
        let (patterns, names): (Vec<Vec<u8>>, Vec<String>) = forms.into_iter().unzip();
        let forms = AhoCorasick::builder().ascii_case_insensitive(true).build(patterns).unwrap();
        Self { names, forms }
    }

    /// The forms that are in there.
    pub fn finds(&self, bytes: &[u8]) -> BTreeSet<&str> {
        self.forms
            .find_overlapping_iter(bytes)
            .map(|found| self.names[found.pattern().as_usize()].as_str())
            .collect()
    }

    /// Holds that none is.
    pub fn finds_nothing(&self, place: &str, bytes: &[u8]) {
        let Some(first) = self.forms.find(bytes) else { return };
        let around = &bytes[first.start().saturating_sub(160)..(first.end() + 40).min(bytes.len())];
        panic!("{place} holds {:?}: {}", self.finds(bytes), String::from_utf8_lossy(around));
    }
}

/// A value as it can be written.
fn texts(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let each = |write: &dyn Fn(u8) -> String| value.bytes().map(write).collect::<String>().into_bytes();
    let special = |write: &dyn Fn(u8) -> String| {
        each(&|byte| {
            if byte.is_ascii_alphanumeric() || b".-".contains(&byte) {
                char::from(byte).into()
            } else {
                write(byte)
            }
        })
    };
    let mut texts = vec![
        ("itself", value.as_bytes().to_vec()),
        ("the reverse", value.bytes().rev().collect()),
        ("hexadecimal", each(&|byte| format!("{byte:02x}"))),
        ("percent-encoding", special(&|byte| format!("%{byte:02X}"))),
        ("whole percent-encoding", each(&|byte| format!("%{byte:02X}"))),
        ("quoted-printable", special(&|byte| format!("={byte:02X}"))),
        ("whole quoted-printable", each(&|byte| format!("={byte:02X}"))),
        ("decimal entities", special(&|byte| format!("&#{byte};"))),
        ("whole decimal entities", each(&|byte| format!("&#{byte};"))),
        ("hexadecimal entities", special(&|byte| format!("&#x{byte:x};"))),
        ("whole hexadecimal entities", each(&|byte| format!("&#x{byte:x};"))),
        (
            "named entities",
            value.replace('@', "&commat;").replace('+', "&plus;").replace(':', "&colon;").into_bytes(),
        ),
        ("JSON escapes", special(&|byte| format!("\\u{byte:04x}"))),
        ("UTF-16", value.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    texts.extend(base64(value.as_bytes()).into_iter().map(|form| ("base64", form)));
    texts
}

/// The characters that stand for these bytes wherever they begin within a group of three.
fn base64(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for shift in 0..3 {
        let shifted = [&[0; 2][..shift.min(2)], bytes].concat();
        // what mixes with its neighbours tells nothing
        let (first, last) = ((shift * 8).div_ceil(6), shifted.len() * 8 / 6);
        for text in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            forms.push(text.as_bytes()[first..last].to_vec());
        }
    }
    forms
}

fn digests(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let made: [(&str, Vec<u8>); 3] = [
        ("MD5", Md5::digest(value).to_vec()),
        ("SHA-1", Sha1::digest(value).to_vec()),
        ("SHA-256", Sha256::digest(value).to_vec()),
    ];
    let mut forms = Vec::new();
    for (name, digest) in made {
        let hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        forms.push((name, hex.as_bytes()[..TELLING].to_vec()));
        forms.extend(base64(&digest).into_iter().map(|form| (name, form[..TELLING].to_vec())));
        forms.push((name, digest[..TELLING].to_vec()));
    }
    forms
}

#[test]
fn the_searcher_finds_each_form_and_nothing_else() {
    let searcher = Searcher::of_the_reader();
    for (form, bytes) in [
        ("upper case", EMAIL.to_uppercase().into_bytes()),
        ("percent", b"e=Canary.Reader%2Bquiet%40nightingale-place.example&".to_vec()),
        ("quoted-printable", b"Canary.Reader=2Bquiet=40nightingale-place.example".to_vec()),
        ("entities", b"Canary.Reader&#43;quiet&#x40;nightingale-place.example".to_vec()),
        ("named", b"<p>Canary.Reader&plus;quiet&commat;nightingale-place.example".to_vec()),
        ("reversed", b"elpmaxe.ecalp-elagnithgin".to_vec()),
        // printf %s ADDRESS | md5sum, and so on, of the address in lower case
        ("MD5", b"gravatar.example/cf9bdb0a11a2e53ab02a4e21e8655575?s=80".to_vec()),
        ("SHA-1", b"68D4EC70024AAC3CEF7BC133BBA473129E191FEA".to_vec()),
        ("SHA-256", b"{\"h\":\"d922161463f6b7c95aaf4355ff3a562c2b150b7223c13e53a5dcc12e029dde27\"}".to_vec()),
        ("SHA-256, shortened, in base64url", b"2SIWFGP2t8lar0NV_zpWLCsV".to_vec()),
        ("v4", b"from 198.51.100.213:443".to_vec()),
        ("its network", b"198.51.100.0/24".to_vec()),
        ("v4 mapped", b"[::ffff:c633:64d5]".to_vec()),
        ("v6", V6.to_uppercase().into_bytes()),
        ("its /48", b"2001:db8:ca11::/48".to_vec()),
        ("written out", b"2001:0db8:ca11:d00d:0001:0002:0003:004d".to_vec()),
    ] {
        assert!(!searcher.finds(&bytes).is_empty(), "{form} is not found");
    }
    for value in OF_THE_READER {
        for (name, form) in
            texts(value).into_iter().chain(digests(value)).filter(|(_, form)| form.len() >= SHORTEST)
        {
            let around = [b"\"..".as_slice(), &form, b"\0"].concat();
            assert!(!searcher.finds(&around).is_empty(), "{name} of {value} is not found");
        }
        for before in ["", "a", "ab", "abc"] {
            let text = STANDARD_NO_PAD.encode(format!("{before}{value};"));
            assert!(value.len() < 11 || !searcher.finds(text.as_bytes()).is_empty(), "{text}");
        }
    }
    searcher.finds_nothing("an innocent text", b"ann@example.org, 203.0.113.7, 2001:db8:1::1, canary");
}
