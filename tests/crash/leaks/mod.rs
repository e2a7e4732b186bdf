//! A reader's addresses stay in. A whole service, its log at its loudest, meets them on every path and in every failure;
//! then everything that it said, sent and kept is searched for them, in any form.

mod canary;
mod doors;
mod failures;
mod panics;
mod table;
mod visits;
mod walk;

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

use futures_util::future::join_all;
use replydesk::{
    app::{self, block_on},
    clock::Clock,
    domain::{Moderator, Role},
    flow::{
        accounts, links,
        queue::{self, Wanted},
    },
    store::Kind,
};
use sqlx::{Connection, PgConnection, SqliteConnection};

use self::{
    canary::{EMAIL, MODERATOR, Searcher, WRITTEN},
    doors::{Doors, Things},
    walk::{POST, Walk, reply, was_good},
};
use crate::{
    cluster::Cluster,
    support::{Database, PASSWORD, Service, Terminal, smtp, until},
};

#[test]
fn nothing_of_a_reader_leaves_sqlite() {
    Scene::opens(Terminal::on(Kind::Sqlite), "json").plays(None);
}

#[test]
fn nothing_of_a_reader_leaves_postgres() {
    let mut cluster = Cluster::starts();
    block_on(tells_all(&cluster));
    Scene::opens(Terminal::at(Database::on(&cluster.url())), "text").plays(Some(&mut cluster));
    // with all statements and their parameters in it: addresses are sealed before they are a parameter
    let log = cluster.log();
    assert!(log.contains("The first reply.") && log.contains("parameters: $1"), "it tells all");
    // what was typed where moderators sign in or look for something is asked for as it is, and that is all
    let typed = [EMAIL.to_owned(), EMAIL.to_lowercase()].map(|name| format!("= '{name}'"));
    assert!(typed.iter().all(|typed| log.contains(typed)));
    let mut asks = false;
    let log = log.lines().map(|line| {
        // a breaker is set and ended by the key that was typed, in one statement
        let of_breakers =
            line.contains(": update articles set breaker = ") && line.contains(" and key = $2 ");
        asks = if line.contains("DETAIL:") { asks } else { line.contains(": select ") || of_breakers };
        typed.iter().fold(line.to_owned(), |line, typed| if asks { line.replace(typed, "") } else { line })
    });
    let log = log.collect::<Vec<_>>().join("\n");
    Searcher::of_the_reader().finds_nothing("the log of PostgreSQL", log.as_bytes());
}

/// Has a cluster log every statement with its parameters, and more so what failed.
async fn tells_all(cluster: &Cluster) {
    let mut conn = PgConnection::connect(&cluster.url()).await.unwrap();
    for sql in [
        "alter system set log_min_duration_statement = 0",
        "alter system set log_parameter_max_length_on_error = -1",
        "alter system set log_error_verbosity = verbose",
        "select pg_reload_conf()",
    ] {
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    }
}

/// How long a letter may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is searched at the end: a name for each thing, and its bytes.
type Evidence = Vec<(String, Vec<u8>)>;

struct Scene {
    at: Terminal,
    mail: smtp::Server,
    site_token: String,
    api_token: String,
    /// What strangers, readers and moderators are answered; also lines that commands print.
    answers: Evidence,
    /// Logs and figures.
    told: Evidence,
    /// Mails, and what the database keeps.
    kept: Evidence,
}

impl Scene {
    fn opens(mut at: Terminal, format: &str) -> Self {
        let mail = mail_server();
        for (name, value) in [
            ("REPLYDESK_LOG__LEVEL", "trace"),
            ("REPLYDESK_LOG__FORMAT", format),
            ("RUST_BACKTRACE", "1"),
            ("REPLYDESK_MAIL__URL", &format!("smtp://127.0.0.1:{}", mail.port)),
            ("REPLYDESK_MAIL__LETTERS_PER_HOUR", "0"),
            ("REPLYDESK_SERVER__WORKERS", "2"),
            ("REPLYDESK_SERVER__TRUSTED_PROXIES", "127.0.0.1"),
        ] {
            at.set(name, Some(value));
        }
        limits(&mut at, ["0", "0", "0"]);
        at.does(&["site", "add", "gazette", "--name", "The Gazette", "--origin", walk::ORIGIN]);
        let add = ["moderator", "add", MODERATOR, "--name", "Mo", "--role", "admin", "--password-stdin"];
        assert_eq!(at.hears(&add, PASSWORD).code, 0);
        let last = |said: String| said.lines().next_back().unwrap().to_owned();
        let site_token = last(at.does(&["site", "token", "gazette"]));
        let api_token = last(at.does(&["moderator", "token", MODERATOR]));
        Self { at, mail, site_token, api_token, answers: Vec::new(), told: Vec::new(), kept: Vec::new() }
    }

    fn plays(mut self, cluster: Option<&mut Cluster>) {
        self.walks();
        self.gathers();
        self.commands();
        self.fails(cluster);
        self.counts();
        if self.at.database.kind == Kind::Sqlite {
            self.is_damaged();
        }
        self.kept.extend(mails(&self.mail));
        holds_nothing(&self.answers, &self.told, &self.kept);
    }

    /// All paths and all refusals; then what is in memory, in the log of the database and in its file.
    fn walks(&mut self) {
        let [invitation, other] = ["Ivy", "Iva"].map(|name| self.invites(name));
        let service = Service::serves(&self.at);
        let follows = follows(&service, &self.api_token);
        let (public, operators) = table::ways();
        let served = || public.iter().filter(|(pattern, _)| !pattern.starts_with("/demo"));
        let (heard, metrics) = block_on(async {
            let walk = self.walk(&service);
            let visited = visits::walk(&walk, (&invitation, &self.mail, &self.at), served()).await;
            failures::walk(&walk, (&visited, other.clone()), &public).await;
            let ops = service.ops.as_ref().unwrap();
            let mut metrics = String::new();
            for (path, method) in &operators {
                let answer =
                    ops.send((method, &format!("{path}?ip={EMAIL}")), &[("from", EMAIL)], None).await;
                assert_eq!(answer.status, 200, "{path}");
                metrics.push_str(&answer.text());
                walk.keeps(path, answer.body);
            }
            let missed: Vec<_> = served().filter(|way| !was_good(&metrics, way)).collect();
            assert!(missed.is_empty(), "nobody visits {missed:?}");
            (walk.heard.into_inner(), metrics)
        });
        self.answers.extend(heard);
        self.told.push(("the metrics".to_owned(), metrics.into_bytes()));
        service.says("was given up");
        self.kept.extend(files(&self.at));
        self.told.push(("the log".to_owned(), service.ends().err.into_bytes()));
        let events = follows.join().unwrap();
        let text = String::from_utf8_lossy(&events);
        assert!(text.matches("event: ").count() > 10 && text.contains("comment.decided"), "{text}");
        self.answers.push(("the stream of events".to_owned(), events));
        self.kept.extend(files(&self.at));
    }

    /// One letter about many comments: they are there before anybody sends mail.
    fn gathers(&mut self) {
        let healthy = smtp::Server::beside(smtp::Fault::None);
        let was = format!("smtp://127.0.0.1:{}", self.mail.port);
        self.at.set("REPLYDESK_MAIL__URL", Some(&healthy.url()));
        self.at.set("REPLYDESK_MAIL__LETTERS_PER_HOUR", Some("6"));
        // to whom no letter went in this hour
        self.at.does(&["moderator", "add", "nell@gazette.example", "--name", "Nell", "--role", "moderator"]);
        let web = Service::starts(&self.at, &["serve", "--role", "web"], "serving http://");
        let heard = block_on(async {
            let walk = self.walk(&web);
            for n in 0..3 {
                assert_eq!(walk.posts(&reply(&format!("To be gathered {n}."))).await.status, 202);
            }
            walk.heard.into_inner()
        });
        self.answers.extend(heard);
        self.told.push(("the log of a web process".to_owned(), web.ends().err.into_bytes()));
        let service = Service::serves(&self.at);
        let gathered = || {
            mails(&healthy)
                .into_iter()
                .filter(|(_, mail)| String::from_utf8_lossy(mail).matches("To be gathered").count() > 2)
        };
        until(PATIENCE, "a letter about them all", || gathered().next().is_some());
        self.told.push(("the log of a gathering service".to_owned(), service.ends().err.into_bytes()));
        self.kept.extend(mails(&healthy));
        self.at.set("REPLYDESK_MAIL__LETTERS_PER_HOUR", Some("0"));
        self.at.set("REPLYDESK_MAIL__URL", Some(&was));
    }

    /// Somebody who has yet to set a password; the path of the link in their letter.
    fn invites(&self, name: &str) -> String {
        let email = &format!("{}@gazette.example", name.to_lowercase());
        self.at.does(&["moderator", "add", email, "--name", name, "--role", "moderator", "--invite"]);
        block_on(async {
            let config = self.at.database.config(&[]);
            let app = app::open(&config, &Clock::System, String::new()).await.unwrap();
            let ivy = accounts::find(&app, email).await.unwrap().unwrap().id;
            let at = app.db.read(async |tx| tx.invited_at(ivy).await).await.unwrap().unwrap();
            let (link, _) = accounts::link(&app, ivy, at).await.unwrap().unwrap();
            app.db.close().await;
            link
        })
    }

    /// The link of a letter to the moderator about a comment that waits.
    fn mints(&self) -> String {
        block_on(async {
            let app = app::open(&self.at.database.config(&[]), &Clock::System, String::new()).await.unwrap();
            let person = accounts::find(&app, MODERATOR).await.unwrap().unwrap();
            let all = Moderator { id: person.id, name: String::new(), role: Role::Admin, sites: None };
            let waits =
                queue::list(&app, &all, &Wanted { limit: 1, ..Wanted::default() }).await.unwrap().items;
            let link = links::mint(&app, (waits[0].id, waits[0].version), person.id).0;
            app.db.close().await;
            link
        })
    }

    fn walk<'a>(&'a self, service: &'a Service) -> Walk<'a> {
        Walk::new(&service.client, (&self.site_token, &self.api_token))
    }

    /// What the command line says, and the page that only the demo has.
    fn commands(&mut self) {
        for command in [
            &["outbox", "list", "dead"][..],
            &["outbox", "list", "sent"],
            &["outbox", "test", EMAIL],
            &["article", "list", "gazette"],
            &["moderator", "token", EMAIL],
            &["doctor"],
            &["site", "show", EMAIL],
        ] {
            let done = self.at.runs(command);
            self.answers.push((command.join(" ").replace(EMAIL, "…"), done.out.into_bytes()));
            self.told.push((
                "the log of a command".to_owned(),
                done.err.replace(&format!("there is no site {EMAIL}"), "").into_bytes(),
            ));
        }
        let mut command = self.at.command(&["demo"]);
        command.env(
            "REPLYDESK_DATABASE__URL",
            format!("sqlite://{}", self.at.folder().join("demo.db").display()),
        );
        command.env("REPLYDESK_KEYS__FILE", self.at.folder().join("demo.toml"));
        let service = Service::spawns(command, "password");
        let heard = block_on(async {
            let walk = self.walk(&service);
            for method in ["GET", "HEAD", "POST"] {
                walk.asks((method, "/demo"), &[], EMAIL.into()).await;
                walk.asks((method, "/demo/widget"), &[], EMAIL.into()).await;
            }
            assert_eq!(walk.statuses(), [200, 200, 200, 200, 405, 405]);
            walk.heard.into_inner()
        });
        self.answers.extend(heard);
        let said = service.ends().err;
        self.told.push(("the log of the demo".to_owned(), said.into_bytes()));
    }

    /// The database gone, or its lock held for longer than anybody waits.
    fn fails(&mut self, cluster: Option<&mut Cluster>) {
        let (invitation, link) = (self.invites("Ina"), self.mints());
        let service = Service::serves(&self.at);
        let follows = follows(&service, &self.api_token);
        let kind = self.at.database.kind;
        let heard = block_on(async {
            let walk = self.walk(&service);
            let visited = visits::enters(&walk, "Before it fails.", (link, &self.at)).await;
            let doors = Doors::of(&walk, &visited, Things::found(&walk, invitation).await);
            let mut lock = None;
            if let Some(cluster) = cluster {
                cluster.stops();
                every_way(&walk, &doors, 500).await;
                cluster.starts_again();
            } else {
                assert_eq!(kind, Kind::Sqlite);
                let conn = lock.insert(SqliteConnection::connect(&self.at.database.url()).await.unwrap());
                sqlx::raw_sql("begin immediate").execute(conn).await.unwrap();
                every_way(&walk, &doors, 500).await;
            }
            if let Some(conn) = lock {
                conn.close().await.unwrap();
            }
            assert!(
                walk.statuses().iter().filter(|status| **status == 503).count() >= 4,
                "{:?}",
                walk.statuses()
            );
            walk.heard.into_inner()
        });
        self.answers.extend(heard);
        service.says("could not be answered");
        self.told.push(("the log of a failing service".to_owned(), service.ends().err.into_bytes()));
        self.answers.push(("the stream of events of a failing service".to_owned(), follows.join().unwrap()));
    }

    /// Low limits, all reached.
    fn counts(&mut self) {
        limits(&mut self.at, ["2", "4", "1"]);
        let service = Service::serves(&self.at);
        let (heard, metrics) = block_on(async {
            let walk = self.walk(&service);
            failures::limits(&walk).await;
            let metrics = service.ops.as_ref().unwrap().get("/metrics").await;
            let refused = walk.statuses().iter().filter(|status| **status == 429).count();
            assert!(refused > 10, "{:?}", walk.statuses());
            (walk.heard.into_inner(), metrics.body)
        });
        self.answers.extend(heard);
        self.told.push(("the metrics of a limited service".to_owned(), metrics));
        self.told.push(("the log of a limited service".to_owned(), service.ends().err.into_bytes()));
        let held =
            block_on(self.at.database.number("select count(*) from findings where code = 'site-rate'"));
        assert!(held > 0, "the site was flooded");
        self.kept.extend(files(&self.at));
    }

    /// A file that is one no more, under a service that has it open.
    fn is_damaged(&mut self) {
        limits(&mut self.at, ["0", "0", "0"]);
        let (invitation, link) = (self.invites("Ilse"), self.mints());
        let service = Service::serves(&self.at);
        let heard = block_on(async {
            let walk = self.walk(&service);
            let visited = visits::enters(&walk, "Before it is damaged.", (link, &self.at)).await;
            let doors = Doors::of(&walk, &visited, Things::found(&walk, invitation).await);
            // the log first: it goes with the last connection, and connections go as soon as the file is damaged
            for end in ["-wal", ""] {
                let path = self.at.folder().join(format!("replydesk.db{end}"));
                let length = fs::metadata(&path).unwrap().len();
                fs::write(&path, vec![0xA5; usize::try_from(length).unwrap()]).unwrap();
            }
            every_way(&walk, &doors, 400).await;
            assert!(walk.statuses().iter().any(|status| *status >= 500), "{:?}", walk.statuses());
            walk.heard.into_inner()
        });
        self.answers.extend(heard);
        self.told.push(("the log of a damaged service".to_owned(), service.dies().join("\n").into_bytes()));
    }
}

/// The ways that need the database, at one time. None that changes something comes through: each is answered with at least
/// this status.
async fn every_way(walk: &Walk<'_>, doors: &Doors<'_>, least: u16) {
    let token = doors.token();
    let (data, page) = (format!("/v1/receipts/{token}"), format!("/receipts/{token}"));
    let posts =
        join_all((0..4).map(|n| async move { walk.posts(&reply(&format!("In a failure {n}."))).await }));
    let keyed = reply("With a key.");
    let key = [("idempotency-key", "Canary.Reader+quiet@nightingale-place.example 2")];
    let news = "/v1/sites/gazette/comments?article=news/2";
    let (_, _, _, _, knocked) = tokio::join!(
        posts,
        walk.sends(("POST", POST), &key, &keyed),
        walk.submits(&page, &[], &[("action", "withdraw"), ("email", EMAIL)]),
        join_all(
            [&data, &page, news, "/v1/sites/gazette/counts?article=a", "/desk/sign-in"]
                .map(|path| walk.gets(path))
        ),
        join_all(doors.iter().map(async |door| (door, doors.knocks(door).await.status))),
    );
    for (door, status) in knocked {
        assert!(status >= least || door.needs_nothing(), "{door:?} was answered {status}");
    }
}

fn holds_nothing(answers: &Evidence, told: &Evidence, kept: &Evidence) {
    let (reader, written, moderator) =
        (Searcher::of_the_reader(), Searcher::of(&[WRITTEN]), Searcher::of(&[MODERATOR, "mo.canary"]));
    for (place, bytes) in answers.iter().chain(told).chain(kept) {
        reader.finds_nothing(place, bytes);
    }
    for (place, bytes) in told {
        written.finds_nothing(place, bytes);
        moderator.finds_nothing(place, bytes);
    }
    // their own account, and the accounts that an admin keeps
    let people = ["/desk/account", "/desk/people", "/v1/admin/moderators"];
    for (place, bytes) in answers.iter().filter(|(place, _)| !people.iter().any(|path| place.contains(path)))
    {
        moderator.finds_nothing(place, bytes);
    }
    let holds = |evidence: &Evidence, searcher: &Searcher| {
        evidence.iter().any(|(_, bytes)| !searcher.finds(bytes).is_empty())
    };
    assert!(
        holds(kept, &written) && holds(kept, &moderator) && holds(answers, &written),
        "the evidence is the right one"
    );
    let says = |evidence: &Evidence, words: &str| {
        evidence.iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(words))
    };
    assert!(
        says(told, "was given up")
            && says(told, "could not be answered")
            && says(told, "replydesk_submissions_total")
    );
    assert!(says(kept, "The first reply.") && says(kept, "List-Id: ") && says(answers, "Quiet Reader"));
    println!("{} answers, {} logs and figures, {} files and mails", answers.len(), told.len(), kept.len());
}

/// The mails that a server took, as they came and decoded.
fn mails(server: &smtp::Server) -> Evidence {
    let both = server.taken().into_iter().map(|mut taken| {
        // what is for the reader names them in one line, and nowhere else
        taken.data = taken.data.replacen(&format!("To: {EMAIL}\r\n"), "", 1);
        let decoded = quoted_printable::decode(&taken.data, quoted_printable::ParseMode::Robust).unwrap();
        [("a mail".to_owned(), taken.data.into_bytes()), ("a decoded mail".to_owned(), decoded)]
    });
    both.flatten().collect()
}

/// Follows what happens, from now until the service ends; all that it is told.
fn follows(service: &Service, token: &str) -> JoinHandle<Vec<u8>> {
    let mut stream = TcpStream::connect(service.address).unwrap();
    let asks = format!(
        "GET /v1/moderation/events?e-mail={EMAIL} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nFrom: {EMAIL}\r\n\
         User-Agent: {EMAIL}\r\nAccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(asks.as_bytes()).unwrap();
    thread::spawn(move || {
        let mut told = Vec::new();
        stream.read_to_end(&mut told).unwrap();
        told
    })
}

fn limits(at: &mut Terminal, [submit, site, sign_in]: [&str; 3]) {
    at.set("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", Some(submit));
    at.set("REPLYDESK_LIMITS__SITE_PER_MINUTE", Some(site));
    at.set("REPLYDESK_LIMITS__SIGN_IN_PER_MINUTE", Some(sign_in));
    at.set("REPLYDESK_LIMITS__SIGN_IN_PER_HOUR", (sign_in == "0").then_some("0"));
}

/// Everything in the folder of a database, and a dump where it is elsewhere.
fn files(at: &Terminal) -> Evidence {
    let mut files: Evidence = fs::read_dir(at.folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap()))
        .collect();
    if at.database.kind == Kind::Postgres {
        files.push(("the dump".to_owned(), at.database.bytes()));
    }
    files
}

/// Every second letter is refused, in the words of a server that repeats whom it does not like.
fn mail_server() -> smtp::Server {
    let (tell, hear) = mpsc::channel();
    thread::spawn(move || {
        block_on(async move {
            tell.send(smtp::Server::start(refuses_every_second).await).unwrap();
            std::future::pending::<()>().await;
        });
    });
    hear.recv().unwrap()
}

fn refuses_every_second(offered: usize) -> smtp::Reply {
    if offered.is_multiple_of(2) {
        return smtp::Reply::Take;
    }
    smtp::Reply::Refuse(
        "550 5.1.1 <mo.canary@watchtower-desk.example> is unknown; from <Canary.Reader+quiet@nightingale-place.example> \
         at [198.51.100.213]",
    )
}
