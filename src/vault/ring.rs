use std::fmt;

/// The name of a key: 1 to 16 of `a–z`, `0–9`, `-` and `_`. Public, since every row and token says
/// under which key it was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// The longest name, in bytes.
    pub const LONGEST: usize = 16;

    /// Reads a name; `None` when it has other characters or another length.
    pub fn parse(raw: &str) -> Option<Self> {
        let fits = (1..=Self::LONGEST).contains(&raw.len())
            && raw.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'));
        fits.then(|| Self(raw.to_owned()))
    }

    /// The name of the first key of a ring, such as `s1`.
    pub(super) fn first(ring: char) -> Self {
        Self(format!("{ring}1"))
    }

    /// The name as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One key in force.
pub(super) struct Live<K> {
    pub(super) id: KeyId,
    pub(super) key: K,
}

/// Keys of one use: the current one makes what is new, all of them read what is there.
pub(super) struct Ring<K> {
    current: Live<K>,
    older: Vec<Live<K>>,
}

impl<K> Ring<K> {
    /// `None` when there is no key at all: a ring always has a current one.
    pub(super) fn new(keys: Vec<Live<K>>) -> Option<Self> {
        let mut keys = keys.into_iter();
        let current = keys.next()?;
        Some(Self { current, older: keys.collect() })
    }

    pub(super) fn one(id: KeyId, key: K) -> Self {
        Self { current: Live { id, key }, older: Vec::new() }
    }

    pub(super) fn current(&self) -> &Live<K> {
        &self.current
    }

    pub(super) fn current_id(&self) -> &KeyId {
        &self.current.id
    }

    /// The current key first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Live<K>> {
        std::iter::once(&self.current).chain(&self.older)
    }

    pub(super) fn find(&self, id: &str) -> Option<&Live<K>> {
        self.iter().find(|live| live.id.as_str() == id)
    }

    pub(super) fn map<T>(self, prepare: impl Fn(K) -> T) -> Ring<T> {
        let turn = |live: Live<K>| Live { id: live.id, key: prepare(live.key) };
        Ring { current: turn(self.current), older: self.older.into_iter().map(turn).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_names_are_short_and_plain() {
        assert!(["s1", "i-2026_01", "abcdefghijklmnop"].iter().all(|id| KeyId::parse(id).is_some()));
        assert!(
            ["", "S1", "a.b", "schlüssel", "abcdefghijklmnopq"].iter().all(|id| KeyId::parse(id).is_none())
        );
    }

    #[test]
    fn a_ring_has_a_current_key_or_is_none() {
        assert!(Ring::<()>::new(Vec::new()).is_none());
        let live = |id: &str, key| Live { id: KeyId::parse(id).unwrap(), key };
        let ring = Ring::new(vec![live("b", 2), live("a", 1)]).unwrap();
        assert_eq!((ring.current().key, ring.find("a").map(|live| live.key)), (2, Some(1)));
        assert!(ring.find("c").is_none());
    }
}
