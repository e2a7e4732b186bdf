//! What the queue costs with few comments and with many: `scripts/scale` runs it.
//!
//! `scale URL FOLDER COMMENTS` fills the database at URL, which must be empty, with an archive of which one comment in
//! fifty waits, keeps its keys in FOLDER, and prints a line of JSON: milliseconds by what was asked for.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for whoever measures")]

#[allow(clippy::cast_precision_loss, reason = "what is made up need not be exact")]
#[path = "../tests/it/support/archive.rs"]
mod archive;
#[path = "../src/domain/corpora.rs"]
mod corpora;

use std::{env, time::Instant};

use archive::{Archive, COMMON_FINDING, RARE_FINDING, RARE_WORD, Texts};
use replydesk::{
    app,
    clock::Clock,
    config::Config,
    domain::{CommentId, Moderator, ModeratorId, Origin, Policy, Role, SiteKey, Status},
    flow::{
        App, figures,
        queue::{self, Order, Wanted},
        sites::{self, SiteSettings},
    },
    vault::Keyrings,
};
use serde_json::{Map, json};
use sqlx::{Connection, PgConnection};

/// How often each thing is asked for, the first time not counted.
const ROUNDS: usize = 21;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, folder, comments] = &arguments[..] else { panic!("scale URL FOLDER COMMENTS") };
    app::block_on(run(url, folder, comments.parse().unwrap()));
}

async fn run(url: &str, folder: &str, comments: u64) {
    let keys = format!("{folder}/keys.toml");
    Keyrings::generate(&Clock::System).write_new(keys.as_ref()).unwrap();
    let environment = [
        ("REPLYDESK_DATABASE__URL", url),
        ("REPLYDESK_DATABASE__DEADLINE_MS", "25000"),
        ("REPLYDESK_KEYS__FILE", &keys),
    ];
    let config = Config::load(None, environment).unwrap();
    let app = app::open(&config, &Clock::System, "http://127.0.0.1".to_owned()).await.unwrap();
    for key in ["gazette", "herald"] {
        let origins = vec![Origin::parse("https://news.example").unwrap()];
        let says = SiteSettings { name: key.to_owned(), origins, policy: Policy::default() };
        sites::add(&app, &SiteKey::parse(key).unwrap(), &says).await.unwrap();
    }
    let site = |key: &str| app.sites.find(key).unwrap().id;
    let began = Instant::now();
    let archive = Archive { comments, waiting: comments / 50, end: app.clock.now() };
    archive.fill(&app, [site("gazette"), site("herald")], &Texts::of(&real())).await;
    let filled = began.elapsed().as_secs();
    if url.starts_with("postgres") {
        // as it does by itself after a while
        let mut conn = PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql("vacuum analyze").execute(&mut conn).await.unwrap();
    }
    let mut told = Map::new();
    told.insert("comments".to_owned(), json!(comments));
    told.insert("filled in s".to_owned(), json!(filled));
    for (what, wanted) in questions(&app).await {
        told.insert(what.to_owned(), json!(median(&app, &wanted).await));
    }
    let mut spans = Vec::new();
    figures::sample(&app).await.unwrap();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        figures::stats(&app, &moderator(), None).await.unwrap();
        spans.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    told.insert("figures".to_owned(), json!(middle(spans)));
    let began = Instant::now();
    figures::sample(&app).await.unwrap();
    told.insert("(sampling them)".to_owned(), json!(began.elapsed().as_secs_f64() * 1_000.0));
    println!("{}", json!(told));
    app.db.close().await;
}

/// Texts of real people, where they are.
fn real() -> Vec<String> {
    let fox = corpora::members("fox-news-comments/comments.jsonl", "text");
    let other = ["sms-spam/SMSSpamCollection.tsv", "youtube-spam/comments.csv"].map(corpora::lines).concat();
    [fox, other].concat()
}

fn moderator() -> Moderator {
    Moderator {
        id: ModeratorId::from(uuid::Uuid::nil()),
        name: "Mo".to_owned(),
        role: Role::Moderator,
        sites: None,
    }
}

async fn questions(app: &App) -> Vec<(&'static str, Wanted)> {
    let page = Wanted { limit: 25, ..Wanted::default() };
    let word = |word: &str| Wanted { words: vec![word.to_owned()], ..page.clone() };
    let finding = |code: &str| Wanted { finding: Some(code.to_owned()), ..page.clone() };
    let newest = |wanted: Wanted| Wanted { order: Order::Newest, ..wanted };
    let status = |status, wanted: Wanted| newest(Wanted { status: Some(status), ..wanted });
    let waiting = queue::list(app, &moderator(), &page).await.unwrap().items;
    let alike = |id: CommentId| Wanted { same_as: Some(id), ..page.clone() };
    let article = waiting.last().map(|item| item.article_key.clone());
    vec![
        ("waiting, oldest first", page.clone()),
        ("waiting, newest first", newest(page.clone())),
        ("waiting, most pressing first", Wanted { order: Order::Priority, ..page.clone() }),
        ("waiting, of one site", Wanted { site: Some("herald".to_owned()), ..page.clone() }),
        ("approved, newest first", status(Status::Approved, page.clone())),
        ("spam, newest first", status(Status::Spam, page.clone())),
        ("an article", Wanted { article, ..page.clone() }),
        ("a rare finding", finding(RARE_FINDING)),
        ("a common finding", finding(COMMON_FINDING)),
        ("a rare word", word(RARE_WORD)),
        ("a common word", word("the")),
        ("a common word, approved", status(Status::Approved, word("the"))),
        ("two common words", Wanted { words: vec!["the".to_owned(), "you".to_owned()], ..page.clone() }),
        ("a word that nobody wrote", word("floccinaucinihilipilification")),
        ("the same place", alike(waiting[0].id)),
    ]
}

/// Milliseconds for a page.
async fn median(app: &App, wanted: &Wanted) -> f64 {
    let mut spans = Vec::new();
    for round in 0..=ROUNDS {
        let began = Instant::now();
        queue::list(app, &moderator(), wanted).await.unwrap();
        if round > 0 {
            spans.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    middle(spans)
}

fn middle(mut spans: Vec<f64>) -> f64 {
    spans.sort_by(f64::total_cmp);
    spans[spans.len() / 2]
}
