//! The people at the desk: how they sign in, where they are signed in, and what their programs show.

mod codes;
mod colleagues;
mod guessing;
mod invitations;
mod kept;
mod mail;
mod second_factor;
mod sessions;
mod sign_in;
mod tokens;

use replydesk::domain::ModeratorId;

use crate::support::{Answer, Client, PASSWORD, TestApp};

pub(crate) use codes::code;
use second_factor::{confirms, enrols};

const MO: &str = "mo@gazette.example";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const PHONE: &str = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36";
const ACCOUNT: &str = "/desk/account";

/// A browser, with what it keeps.
#[derive(Clone)]
struct Browser {
    client: Client,
    agent: &'static str,
    /// What a proxy says of where it is.
    place: String,
    session: String,
    device: String,
}

impl Browser {
    fn of(app: &TestApp, agent: &'static str) -> Self {
        Self {
            client: app.client.clone(),
            agent,
            place: "203.0.113.7".to_owned(),
            session: String::new(),
            device: String::new(),
        }
    }

    fn cookies(&self) -> String {
        [&self.session, &self.device]
            .into_iter()
            .filter(|cookie| !cookie.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join("; ")
    }

    async fn gets(&self, path: &str) -> Answer {
        let cookies = self.cookies();
        self.client.send(("GET", path), &[("cookie", &cookies), ("user-agent", self.agent), PAGE], None).await
    }

    /// Whether it is signed in.
    async fn is_in(&self) -> bool {
        let answer = self.gets("/desk").await;
        assert!(matches!(answer.status, 200 | 303), "{}", answer.text());
        answer.status == 200
    }

    /// Posts a form, with the proof of the page it stands on.
    async fn posts(&self, path: &str, page: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = csrf_of(&self.gets(page).await.text());
        let fields = [fields, &[("csrf", csrf.as_str())]].concat();
        let cookies = self.cookies();
        let headers =
            [("cookie", cookies.as_str()), ("user-agent", self.agent), ("x-forwarded-for", &self.place)];
        self.client.submit(path, &fields, &headers).await
    }

    async fn tries(&mut self, name: &str, password: &str, code: &str) -> Answer {
        let outside = Self { session: String::new(), ..self.clone() };
        let fields = [("email", name), ("password", password), ("code", code)];
        let answer = outside.posts("/desk/sign-in", "/desk/sign-in", &fields).await;
        for cookie in set_cookies(&answer) {
            match cookie.split_once('=').unwrap() {
                ("replydesk", _) => self.session = cookie,
                ("replydesk-device", _) => self.device = cookie,
                other => panic!("{other:?}"),
            }
        }
        answer
    }

    async fn signs_in(&mut self, name: &str) {
        let answer = self.tries(name, PASSWORD, "").await;
        assert_eq!(answer.status, 303, "{}", answer.text());
    }
}

const PAGE: (&str, &str) = ("accept", "text/html,*/*;q=0.8");

/// The cookies that an answer sets, without their attributes.
fn set_cookies(answer: &Answer) -> Vec<String> {
    answer.cookies.iter().map(|cookie| cookie.split(';').next().unwrap().to_owned()).collect()
}

fn csrf_of(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// The text of the first element of this class.
fn shown(page: &str, class: &str) -> Vec<String> {
    let opened = format!("<li class=\"{class}\"><code>");
    page.split(&opened).skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// Whose account this is.
async fn id_of(app: &TestApp, name: &str) -> ModeratorId {
    app.app().db.read(async |tx| tx.moderator_by_email(name).await).await.unwrap().unwrap().id
}

/// The key that the page of a second factor shows.
fn key_of(page: &str) -> String {
    let (_, rest) = page.split_once("<code id=\"key\">").expect("a key");
    rest.split('<').next().unwrap().replace(' ', "")
}

/// The same with another last character.
fn altered(token: &str) -> String {
    let last = if token.ends_with('A') { 'Q' } else { 'A' };
    format!("{}{last}", &token[..token.len() - 1])
}
