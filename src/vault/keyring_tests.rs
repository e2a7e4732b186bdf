use super::*;
use crate::vault::tests::clock;

/// Rings with keys made from their names, so that two rings with one name share its key.
pub(in crate::vault) fn rings(sealing: &[&str], index: &[&str]) -> Keyrings {
    let ring = |ids: &[&str]| {
        let live = |id: &&str| {
            let mut key = [0; 32];
            key[..id.len()].copy_from_slice(id.as_bytes());
            Live { id: KeyId::parse(id).unwrap(), key: Key::new(Box::new(key)) }
        };
        Ring::new(ids.iter().map(live).collect()).unwrap()
    };
    Keyrings { sealing: ring(sealing), index: ring(index) }
}

fn text(keys: &Keyrings) -> String {
    keys.to_toml().expose_secret().to_owned()
}

#[test]
fn keys_survive_the_file() {
    let keys = rings(&["s2", "s1"], &["i1"]);
    let again = Keyrings::parse(&text(&keys)).unwrap();
    assert_eq!(text(&again), text(&keys));
    assert_eq!(again.sealing_ids().map(KeyId::as_str).collect::<Vec<_>>(), ["s2", "s1"]);
    assert_eq!(again.index_ids().map(KeyId::as_str).collect::<Vec<_>>(), ["i1"]);
}

#[test]
fn the_file_is_written_once_and_for_the_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    let keys = Keyrings::generate(&clock());
    keys.write_new(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(text(&Keyrings::read(&path).unwrap()), text(&keys));
    let again = Keyrings::generate(&clock()).write_new(&path);
    assert!(matches!(again, Err(KeysError::Io(io::ErrorKind::AlreadyExists))));
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.toml");
    Keyrings::generate(&clock()).write_new(&path).unwrap();
    for mode in [0o640, 0o604, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let refused = Keyrings::read(&path).unwrap_err().to_string();
        assert!(refused.contains(&format!("mode {mode:04o}")) && refused.contains("0600"), "{refused}");
    }
    let missing = Keyrings::read(&folder.path().join("none")).unwrap_err();
    assert_eq!(missing.to_string(), "the keys file: entity not found");
}

#[test]
fn errors_name_the_entry_and_never_its_content() {
    let good = text(&Keyrings::generate(&clock()));
    let sealing = "[[sealing]]\nid = \"s9\"\nkey = \"";
    let secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
    let key = good.lines().find_map(|line| line.strip_prefix("key = ")).unwrap().to_owned();
    let cases = [
        ("", "no [[sealing]] key".to_owned()),
        ("[[sealing]]", "[[sealing]] number 1 must have an id and a key".to_owned()),
        (&format!("sealing = \"{secret}\""), "no [[sealing]] key".to_owned()),
        (&format!("{secret} = 1\n{good}"), "only [[sealing]] and [[index]]".to_owned()),
        (&format!("{good}\nkey = {secret}"), format!("line {} is not TOML", good.lines().count() + 2)),
        (&format!("{good}{sealing}{secret}\""), "[[sealing]] number 2 has a key that is not 32".to_owned()),
        (
            &format!("{good}{sealing}{secret}!\""),
            "[[sealing]] number 2 has a key that is not base64".to_owned(),
        ),
        (&format!("{good}[[index]]\nid = \"{secret}\"\nkey = 1"), "[[index]] number 2 has no id".to_owned()),
        (&format!("{good}[[index]]\nid = \"i1\"\nkey = {key}"), "[[index]] number 2 has the id".to_owned()),
        (
            &format!("{good}[[sealing]]\nid = \"s2\"\nkey = {key}"),
            "[[sealing]] number 2 has the key".to_owned(),
        ),
        (&format!("{good}[[index]]\nid = \"i2\"\nkey = {key}"), "[[index]] number 2 is also".to_owned()),
    ];
    for (text, expected) in cases {
        let error = Keyrings::parse(text).unwrap_err();
        assert!(error.to_string().contains(&expected), "{error} instead of {expected}");
        assert!(!format!("{error} {error:?}").contains("c2Vj") && !error.to_string().contains(&key[1..9]));
    }
    assert_eq!(format!("{:?}", Keyrings::generate(&clock())), "Keyrings(redacted)");
}
