//! What `examples/` shows is run: a page without scripts, and backends in Python and PHP.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;

use crate::support::{Answer, Client, ORIGIN, SITE, TestApp};
use replydesk::domain::{Mode, Policy};

const HOSTILE: &str = "<script>alert(1)</script> & \"quotes\"";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

/// A backend that runs until it is dropped.
struct Backend {
    process: Child,
    client: Client,
    host: String,
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Backend {
    fn starts(mut command: Command, (server, token): (&str, &str)) -> Self {
        command.env("COMMENTS_SERVER", server).env("COMMENTS_SITE", SITE).env("COMMENTS_TOKEN", token);
        command.env("COMMENTS_PAGE", format!("{ORIGIN}/bridge")).env("PORT", "0").stdin(Stdio::null());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Python says where it listens, PHP complains of it
        let pipes: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(process.stdout.take().unwrap()), Box::new(process.stderr.take().unwrap())];
        let (says, said) = std::sync::mpsc::channel();
        for pipe in pipes {
            let says = says.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    says.send(line).ok();
                }
            });
        }
        let address = loop {
            let line = said.recv_timeout(Duration::from_mins(1)).unwrap();
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split(['/', ')', ' ']).next().unwrap().to_owned();
            }
        };
        let client = Client::new(address.parse().unwrap());
        Self { process, client, host: address }
    }

    fn python(of: (&str, &str)) -> Self {
        let mut command = Command::new("python3");
        command.arg(file("comments.py"));
        Self::starts(command, of)
    }

    /// None where there is no PHP, which is said.
    fn php(of: (&str, &str)) -> Option<Self> {
        if Command::new("php").arg("-v").stdout(Stdio::null()).status().is_err() {
            eprintln!("NOT RUN: examples/comments.php, since there is no php here");
            return None;
        }
        let mut command = Command::new("php");
        command.args(["-S", "127.0.0.1:0"]).arg(file("comments.php"));
        Some(Self::starts(command, of))
    }

    /// Fills in the form, and posts it from the page.
    async fn posts(&self, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![("name", "Ann"), ("email", "ann@example.org"), ("website", ""), ("parent", "")];
        fields.retain(|(name, _)| !more.iter().any(|(given, _)| given == name));
        fields.extend(more);
        let origin = format!("http://{}", self.host);
        // what a reader says of their address is nobody's business
        self.client.submit("/", &fields, &[("origin", &origin), ("x-forwarded-for", "203.0.113.7")]).await
    }
}

/// The value of a hidden field.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap()
}

/// What a reader does there, and what comes of it.
async fn told(app: &TestApp, site: &Backend) {
    let mo = app.moderator().await;
    let fresh = site.client.get("/").await;
    assert_eq!(fresh.status, 200, "{}", fresh.text());
    let key = hidden(&fresh.text(), "key").to_owned();
    assert!(key.len() > 15 && key != hidden(&site.client.get("/").await.text(), "key"));
    // a mistake is told, and what was typed is kept
    let wrong =
        site.posts(&[("comment", HOSTILE), ("name", "a@b"), ("email", "\"><script>"), ("key", &key)]).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text());
    for part in
        ["<li>name: ", "<li>email: ", "value=\"a@b\"", "&lt;script&gt;alert(1)&lt;/script&gt; &amp; ", &key]
    {
        assert!(wrong.text().contains(part), "{part}: {}", wrong.text());
    }
    assert!(!wrong.text().contains("<script"));
    // taken, once, however often it is sent
    let good = [
        ("comment", HOSTILE),
        ("name", "Ann <b>"),
        ("website", "https://ann.example/?a=1&b=\"2"),
        ("key", &key),
    ];
    for _ in 0..2 {
        let taken = site.posts(&good).await;
        assert!(taken.status == 200 && taken.text().contains("waits for a moderator"), "{}", taken.text());
        assert!(taken.text().contains(&format!("href=\"{}/receipts/", app.url())));
    }
    let held = mo.queue("").await;
    assert_eq!((held.len(), held[0]["author"]["name"].as_str()), (1, Some("Ann <b>")));
    assert_eq!(app.rows("select count(*) from comments where form = 'api'").await, 1);
    assert!(!site.client.get("/").await.text().contains("<li"), "what waits is not shown");
    app.waits(Duration::from_secs(1));
    mo.approves(&held[0]).await;
    let id = held[0]["id"].as_str().unwrap();
    let page = site.client.get(&format!("/?reply={id}")).await.text();
    assert!(
        page.contains(&format!("<li id=\"comment-{id}\">")) && page.contains("Ann &lt;b&gt;</a>"),
        "{page}"
    );
    assert!(!page.contains("<script") && !page.contains("b=\"2"), "{page}");
    // an answer, by way of another forged header: both are from the address of the connection
    let taken = site
        .posts(&[
            ("comment", "An answer."),
            ("parent", hidden(&page, "parent")),
            ("key", hidden(&page, "key")),
        ])
        .await;
    assert!(taken.text().contains("waits for a moderator"), "{}", taken.text());
    let held = mo.queue("").await;
    assert_eq!(held[0]["parent"], json!(id));
    assert_eq!(mo.queue(&format!("&same_as={}", held[0]["id"].as_str().unwrap())).await.len(), 1);
    assert_eq!(app.rows("select count(distinct host_index) from contacts").await, 1);
    app.waits(Duration::from_secs(1));
    mo.approves(&held[0]).await;
    assert!(site.client.get("/").await.text().contains("<ol><li id=\"comment-"));
    // the rest of what may go wrong
    let page = site.posts(&[("comment", "An answer."), ("key", "another")]).await;
    assert_eq!(page.status, 409, "{}", page.text());
    let elsewhere = site.client.submit("/", &good, &[("origin", "https://evil.example")]).await;
    assert_eq!(elsewhere.status, 403);
    app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
    let published = site.posts(&[("comment", "Out at once."), ("key", "a-third")]).await;
    assert!(
        published.text().contains("is published") && published.text().contains("Out at once."),
        "{}",
        published.text()
    );
}

/// Where nobody answers.
async fn alone(site: &Backend) {
    let page = site.client.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("cannot be shown at the moment") && page.text().contains("<form"));
    let kept = site.posts(&[("comment", "Kept for later."), ("key", "k")]).await;
    assert_eq!(kept.status, 503);
    assert!(kept.text().contains("Kept for later.") && kept.text().contains("try again later"));
}

both_databases! {
    async fn a_backend_in_python(app: TestApp) {
        let token = app.backend().await;
        told(app, &Backend::python((app.url(), &token))).await;
    }

    async fn a_backend_in_php(app: TestApp) {
        let token = app.backend().await;
        if let Some(site) = Backend::php((app.url(), &token)) {
            told(app, &site).await;
        }
    }

    async fn a_page_without_scripts(app: TestApp) {
        let page = std::fs::read_to_string(file("page.html")).unwrap();
        assert!(!page.contains("<script"));
        let ours = |url: &str| url.replace("https://comments.example", "").replace("/news/", &format!("/{SITE}/")).replace("&amp;", "&");
        let between = |from: &str| ours(page.split_once(from).unwrap().1.split('"').next().unwrap());
        let names = ["article", "article_url", "article_title", "redirect"];
        let mut fields: Vec<(&str, &str)> = names.map(|name| (name, hidden(&page, name))).to_vec();
        for (name, typed) in [("comment", "By a page."), ("name", "Ann"), ("email", "ann@example.org"), ("website", ""), ("address", "")] {
            assert!(page.contains(&format!(" name=\"{name}\"")), "{name}");
            fields.push((name, typed));
        }
        let answer = app.client.submit(&between("method=\"post\" action=\""), &fields, &[("origin", ORIGIN)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert!(answer.header("location").starts_with("https://news.example/bridge?replydesk=held#comment-"));
        let mo = app.moderator().await;
        mo.approves(&mo.queue("").await[0]).await;
        let frame = app.client.get(&between("src=\"")).await;
        assert!(frame.status == 200 && frame.text().contains("By a page."), "{}", frame.text());
        assert!(frame.header("content-security-policy").contains(&format!("frame-ancestors 'self' {ORIGIN}")));
    }

    async fn a_backend_that_is_left_alone(app: TestApp) {
        // where something listens, and says nothing that is HTTP, in place of nothing at all: a port that is free stays free
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let nowhere = format!("http://{}", silent.local_addr().unwrap());
        std::thread::spawn(move || silent.incoming().for_each(drop));
        alone(&Backend::python((&nowhere, "none"))).await;
        if let Some(site) = Backend::php((&nowhere, "none")) {
            alone(&site).await;
        }
        assert_eq!(app.rows("select count(*) from comments").await, 0);
    }
}
