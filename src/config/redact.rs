use toml::{Table, Value};
use url::Url;

const HIDDEN: &str = "***";

/// The settings as TOML, with the passwords in URLs taken out.
pub(super) fn shown(table: &Table) -> String {
    let mut table = table.clone();
    for section in ["database", "mail"] {
        if let Some(Value::String(url)) = table.get_mut(section).and_then(|settings| settings.get_mut("url"))
        {
            *url = without_password(url);
        }
    }
    table.to_string()
}

/// Folders and files are shown as they are; of anything else only what is understood.
fn without_password(raw: &str) -> String {
    if raw.is_empty() || raw.starts_with("sqlite:") || raw.starts_with("folder:") {
        return raw.to_owned();
    }
    let Ok(mut url) = Url::parse(raw) else { return HIDDEN.to_owned() };
    if url.password().is_some() && url.set_password(Some(HIDDEN)).is_err() {
        return HIDDEN.to_owned();
    }
    if url.query().is_some() {
        // PostgreSQL also takes `?password=`
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(key, value)| {
                let value = if key.to_lowercase().contains("pass") { HIDDEN.into() } else { value };
                (key.into_owned(), value.into_owned())
            })
            .collect();
        url.query_pairs_mut().clear().extend_pairs(pairs);
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn passwords_are_taken_out_of_urls() {
        for (raw, shown) in [
            ("sqlite://data/replydesk.db", "sqlite://data/replydesk.db"),
            ("folder:/var/mail", "folder:/var/mail"),
            ("", ""),
            ("postgres://rd:hunter2@db/rd?sslmode=require", "postgres://rd:***@db/rd?sslmode=require"),
            ("postgres:///rd?host=/run&password=hunter2", "postgres:///rd?host=%2Frun&password=***"),
            ("smtps://rd:hunter2@mail.example.org", "smtps://rd:***@mail.example.org"),
            ("hunter2", "***"),
        ] {
            assert_eq!(without_password(raw), shown);
        }
    }
}
