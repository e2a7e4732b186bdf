//! Limits: nobody walks around one by what they claim to be, nobody uses up what is another's, and replicas hold
//! a client to one.

use std::time::{Duration, Instant};

use replydesk::{
    app::{self, Overrides, Role, Running},
    domain::{Mode, Policy},
    flow::upkeep,
    store::Kind,
};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::support::{Answer, Client, Database, PASSWORD, SITE, TestApp, tell};

const COMMENTS: &str = "/v1/sites/gazette/comments";
const FOUR: (&str, &str) = ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "4");
/// So many that another limit is met first.
const MANY: (&str, &str) = ("REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "1000");
const LOCAL_PROXY: (&str, &str) = ("REPLYDESK_SERVER__TRUSTED_PROXIES", "127.0.0.1/32,10.0.0.0/8");
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

/// A second server on the same database, at the same time.
struct Replica {
    _running: Running,
    client: Client,
}

impl Replica {
    async fn of(app: &TestApp, settings: &[(&str, &str)]) -> Self {
        let overrides = Overrides { clock: Some(app.clock.clone()), by_hand: true, ..Overrides::default() };
        let running = app::start(&app.config(settings), Role::All, overrides).await.unwrap();
        let client = Client::strict(running.public.unwrap());
        Self { _running: running, client }
    }
}

/// A reply like no other, under an article of its own or the story's.
fn reply(number: usize, article: Option<usize>) -> Value {
    let mut reply = TestApp::reply(&format!("Number {number}"), "ann@example.org");
    if let Some(article) = article {
        let key = format!("news/{article}");
        reply["article"] = json!({"key": key, "url": format!("https://news.example/{key}"), "title": "News"});
    }
    reply
}

async fn posts(client: &Client, number: usize, headers: &[(&str, &str)]) -> Answer {
    client.send(("POST", COMMENTS), headers, Some(&reply(number, None))).await
}

/// How many of so many replies are taken; each with headers of its own.
async fn passed<const N: usize>(
    client: &Client,
    numbers: std::ops::Range<usize>,
    headers: impl Fn(usize) -> [(&'static str, String); N],
) -> usize {
    let mut passed = 0;
    for number in numbers {
        let headers = headers(number);
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = posts(client, number, &headers).await;
        assert!(matches!(answer.status, 202 | 429), "{}", answer.text());
        passed += usize::from(answer.status == 202);
    }
    passed
}

fn forwarded(address: String) -> [(&'static str, String); 1] {
    [("x-forwarded-for", address)]
}

fn told(answer: &Answer) -> [&str; 3] {
    ["ratelimit-policy", "ratelimit", "retry-after"].map(|name| answer.header(name))
}

both_databases! {
    async fn made_up_addresses_lead_around_no_limit(app: TestApp) {
        let app = &app.beside(&[FOUR]).await;
        let made_up = |number: usize| {
            let address = format!("198.51.{}.{}", number / 200, number % 200 + 1);
            [
                ("x-forwarded-for", address.clone()),
                ("x-real-ip", address.clone()),
                ("forwarded", format!("for={address};proto=https")),
                ("cf-connecting-ip", address),
            ]
        };
        assert_eq!(passed(&app.client, 0..40, made_up).await, 4);
        // one at a time, too
        for (name, numbers) in [("x-forwarded-for", 40..50), ("x-real-ip", 50..60), ("forwarded", 60..70), ("cf-connecting-ip", 70..80)] {
            let passes = passed(&app.client, numbers, |number| [(name, format!("203.0.113.{number}"))]).await;
            assert_eq!(passes, 0, "{name}");
        }
        app.waits(Duration::from_mins(1));
        assert_eq!(passed(&app.client, 80..120, made_up).await, 4);
        assert_eq!(app.rows("select count(*) from comments").await, 8);
    }

    async fn a_thousand_addresses_of_one_network_are_one_client(app: TestApp) {
        let app = &app.beside(&[FOUR, LOCAL_PROXY]).await;
        let passes = passed(&app.client, 0..1_000, |number| forwarded(format!("2001:db8:1:2:{:x}::{number:x}", number % 7))).await;
        assert_eq!(passes, 4);
        assert_eq!(app.rows("select count(*) from comments").await, 4);
    }

    async fn ipv4_is_the_same_however_it_is_written(app: TestApp) {
        let app = &app.beside(&[FOUR, LOCAL_PROXY]).await;
        let ways = ["203.0.113.7", "::ffff:203.0.113.7", "[::ffff:cb00:7107]:80", "203.0.113.7:443"];
        assert_eq!(passed(&app.client, 0..40, |number| forwarded(ways[number % 4].to_owned())).await, 4);
    }

    async fn behind_trusted_proxies_the_right_most_stranger_counts(app: TestApp) {
        let app = &app.beside(&[FOUR, LOCAL_PROXY]).await;
        let claims = |number: usize| forwarded(format!("192.0.2.{number}, 203.0.113.7, 10.0.0.{number}"));
        assert_eq!(passed(&app.client, 0..40, claims).await, 4);
        let others = |number: usize| forwarded(format!("203.0.113.7, 198.51.100.{number}, 10.0.0.1"));
        assert_eq!(passed(&app.client, 40..60, others).await, 20, "each is another one");
    }

    async fn who_is_refused_uses_up_nothing_of_the_neighbours(app: TestApp) {
        let app = &app.beside(&[FOUR, LOCAL_PROXY]).await;
        let home = |home: usize| move |number: usize| forwarded(format!("2001:db8:1:{home:x}::{number:x}"));
        assert_eq!(passed(&app.client, 0..100, home(0)).await, 4);
        for neighbour in 1..8 {
            assert_eq!(passed(&app.client, 100..104, home(neighbour)).await, 4, "{neighbour}");
        }
        assert_eq!(passed(&app.client, 200..204, home(8)).await, 0, "eight times as much for all of them");
        assert_eq!(passed(&app.client, 300..304, |_| forwarded("2001:db8:2::1".to_owned())).await, 4);
    }

    async fn a_repetition_is_answered_however_often_others_came(app: TestApp) {
        let app = &app.beside(&[FOUR]).await;
        let key = [("idempotency-key", "first")];
        let first = posts(&app.client, 0, &key).await;
        assert_eq!(passed(&app.client, 1..40, |_| []).await, 3);
        for _ in 0..8 {
            let again = posts(&app.client, 0, &key).await;
            assert_eq!((again.status, again.header("idempotency-replayed"), &again.body), (202, "true", &first.body));
        }
        app.waits(Duration::from_secs(15));
        assert_eq!(passed(&app.client, 40..44, |_| []).await, 1, "repetitions took nothing");
    }

    async fn who_types_somebodys_address_uses_up_nothing_of_theirs(app: TestApp) {
        let app = &app.beside(&[FOUR, LOCAL_PROXY]).await;
        app.sets_policy(Policy { slow_seconds: 60, ..Policy::default() }).await;
        // every reply of these stories is in the name and with the address of one person
        let strangers = |_| forwarded("198.51.100.1".to_owned());
        assert_eq!(passed(&app.client, 0..40, strangers).await, 1);
        assert_eq!(passed(&app.client, 40..41, |_| forwarded("203.0.113.7".to_owned())).await, 1);
    }

    async fn rate_and_burst_are_two_settings(app: TestApp) {
        let app = &app.beside(&[FOUR, ("REPLYDESK_LIMITS__SUBMIT_BURST", "7")]).await;
        let first = posts(&app.client, 0, &[]).await;
        assert_eq!(told(&first), ["\"submit\";q=7;w=105", "\"submit\";r=6;t=15", ""]);
        assert_eq!(passed(&app.client, 1..40, |_| []).await, 6);
        app.waits(Duration::from_mins(1));
        assert_eq!(passed(&app.client, 40..80, |_| []).await, 4);
    }

    async fn readers_begin_so_many_articles_and_no_more(app: TestApp) {
        let two = ("REPLYDESK_LIMITS__NEW_ARTICLES_PER_MINUTE", "2");
        let app = &app.beside(&[MANY, two, ("REPLYDESK_LIMITS__NEW_ARTICLES_BURST", "0"), LOCAL_PROXY]).await;
        let post = async |number, article, headers: &[(&str, &str)]| {
            app.client.send(("POST", COMMENTS), headers, Some(&reply(number, Some(article)))).await
        };
        assert_eq!([post(0, 1, &[]).await.status, post(1, 2, &[]).await.status], [202; 2]);
        let refused = post(2, 3, &[]).await;
        assert_eq!((refused.status, refused.problem().as_str()), (429, "rate-limited"));
        assert_eq!(told(&refused), ["\"new-articles\";q=2;w=60", "\"new-articles\";r=0;t=30", "30"]);
        assert_eq!([post(3, 1, &[]).await.status, post(4, 2, &[]).await.status], [202; 2], "what is known stays open");
        assert_eq!(post(5, 3, &[("x-forwarded-for", "203.0.113.7")]).await.status, 202, "somebody else");
        assert_eq!(post(6, 3, &[]).await.status, 202, "it is known now");
        let bearer = format!("Bearer {}", app.backend().await);
        for number in 10..15 {
            let mut own = reply(number, Some(number));
            own["client"] = json!({"ip": "127.0.0.1"});
            let answer = app.client.send(("POST", COMMENTS), &[("authorization", &bearer)], Some(&own)).await;
            assert_eq!(answer.status, 202, "the site begins as many as it likes");
        }
        app.waits(Duration::from_secs(30));
        assert_eq!([post(20, 20, &[]).await.status, post(21, 21, &[]).await.status], [202, 429]);
    }

    async fn and_so_many_on_one_site(app: TestApp) {
        let three = ("REPLYDESK_LIMITS__SITE_NEW_ARTICLES_PER_MINUTE", "3");
        let app = &app.beside(&[MANY, three, ("REPLYDESK_LIMITS__SITE_PER_MINUTE", "1000"), LOCAL_PROXY]).await;
        let mut statuses = Vec::new();
        for number in 0..5 {
            let from = format!("203.0.113.{number}");
            let answer = app.client.send(("POST", COMMENTS), &[("x-forwarded-for", &from)], Some(&reply(number, Some(number)))).await;
            statuses.push(answer.status);
        }
        assert_eq!(statuses, [202, 202, 202, 429, 429]);
        let form = [("article", "news/9"), ("article_url", "https://news.example/news/9"), ("article_title", "News"),
            ("name", "Ann"), ("email", "ann@example.org"), ("comment", "The first one here")];
        let page = app.client.submit(COMMENTS, &form, &[("x-forwarded-for", "203.0.113.9")]).await;
        assert_eq!((page.status, told(&page)[0], page.header("content-type")), (429, "\"new-articles\";q=3;w=60", "text/html; charset=utf-8"));
        assert!(page.text().contains("Yours is the first comment under this article") && page.text().contains("The first one here"));
    }

    async fn in_slow_mode_each_client_writes_one_at_a_time(app: TestApp) {
        let app = &app.beside(&[MANY, LOCAL_PROXY]).await;
        app.sets_policy(Policy { slow_seconds: 60, ..Policy::default() }).await;
        let post = async |number, article, from: &str| {
            app.client.send(("POST", COMMENTS), &[("x-forwarded-for", from)], Some(&reply(number, Some(article)))).await
        };
        assert_eq!(post(0, 1, "203.0.113.1").await.status, 202);
        app.waits(Duration::from_secs(20));
        let refused = post(1, 1, "203.0.113.1").await;
        assert_eq!((refused.status, refused.problem().as_str()), (429, "rate-limited"));
        assert_eq!(told(&refused), ["\"slow\";q=1;w=60", "\"slow\";r=0;t=40", "40"]);
        assert_eq!(post(2, 2, "203.0.113.1").await.status, 202, "under another article");
        assert_eq!(post(3, 1, "203.0.113.2").await.status, 202, "somebody else");
        let form = [("article", "news/1"), ("name", "Ann"), ("email", "ann@example.org"), ("comment", "Once more")];
        let page = app.client.submit(COMMENTS, &form, &[("x-forwarded-for", "203.0.113.1")]).await;
        assert_eq!(page.status, 429);
        for words in ["One at a time", "Once more", "40 seconds"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let bearer = format!("Bearer {}", app.backend().await);
        for (number, staff, status) in [(4, true, 202), (5, true, 202), (6, false, 429)] {
            let mut own = reply(number, Some(1));
            own["client"] = json!({"ip": "203.0.113.1"});
            own["commenter"] = json!({"id": "reporter", "verified": true, "staff": staff});
            let answer = app.client.send(("POST", COMMENTS), &[("authorization", &bearer)], Some(&own)).await;
            assert_eq!(answer.status, status, "staff: {staff}");
        }
        app.waits(Duration::from_secs(40));
        assert_eq!(post(7, 1, "203.0.113.1").await.status, 202);
        // nor does somebody who has a /48 of clients write as often as they like
        let mut written = 0;
        for number in 10..40 {
            let answer = post(number, 1, &format!("2001:db8:77:{number:x}::1")).await;
            written += usize::from(answer.status == 202);
        }
        assert_eq!(written, 8);
    }

    async fn receipts_are_changed_so_often_and_looked_at_as_often_as_one_likes(app: TestApp) {
        let two = ("REPLYDESK_LIMITS__RECEIPTS_PER_MINUTE", "2");
        let app = &app.beside(&[MANY, two, ("REPLYDESK_LIMITS__RECEIPTS_BURST", "0")]).await;
        let comment = app.submits("Old words", "ann@example.org").await;
        let token = comment["receipt"]["token"].as_str().unwrap().to_owned();
        let (api, page) = (format!("/v1/receipts/{token}"), format!("/receipts/{token}"));
        let edit = async |text: &str| app.client.send(("PATCH", &api), &[], Some(&json!({"comment": text}))).await;
        let first = edit("New words").await;
        assert_eq!((first.status, told(&first)), (200, ["\"receipts\";q=2;w=60", "\"receipts\";r=1;t=30", ""]));
        assert_eq!(edit("Newer words").await.status, 200);
        let refused = edit("The newest words").await;
        assert_eq!((refused.status, refused.problem().as_str()), (429, "rate-limited"));
        assert_eq!(told(&refused), ["\"receipts\";q=2;w=60", "\"receipts\";r=0;t=30", "30"]);
        assert_eq!(app.client.send(("DELETE", &api), &[], None).await.status, 429);
        let form = app.client.submit(&page, &[("action", "withdraw")], &[]).await;
        assert_eq!((form.status, form.header("content-type")), (429, "text/html; charset=utf-8"));
        assert!(form.text().contains("Please try again in 30 seconds."), "{}", form.text());
        for path in [&api, &page] {
            let looked = app.client.send(("GET", path), &[BROWSER], None).await;
            assert_eq!((looked.status, told(&looked)), (200, ["", "", ""]));
        }
        app.waits(Duration::from_secs(30));
        assert_eq!(app.client.send(("DELETE", &api), &[], None).await.status, 200);
        // what is no link costs the database nothing
        let counted = app.rows("select count(*) from rate_limits").await;
        app.waits(Duration::from_mins(1));
        let forged = app.client.send(("DELETE", "/v1/receipts/AAAA"), &[], None).await;
        assert_eq!((forged.status, told(&forged)[1]), (404, "\"receipts\";r=1;t=30"));
        assert_eq!(app.rows("select count(*) from rate_limits").await, counted);
    }

    async fn what_is_counted_names_nobody_and_goes_with_its_time(app: TestApp) {
        let app = &app.beside(&[FOUR, LOCAL_PROXY, ("REPLYDESK_LIMITS__SITE_PER_MINUTE", "100")]).await;
        app.sets_policy(Policy { slow_seconds: 5, ..Policy::default() }).await;
        let answer = posts(&app.client, 0, &[("x-forwarded-for", "2001:db8:77:88::99")]).await;
        assert_eq!(answer.status, 202);
        // client, network, both in slow mode, new article of both and of the site, site
        let there = if app.database().kind == Kind::Postgres { 8 } else { 0 };
        assert_eq!(app.rows("select count(*) from rate_limits where length(key) = 22").await, there);
        let bytes = String::from_utf8_lossy(&app.database().bytes()).into_owned();
        assert!(!bytes.contains("2001:db8:77"));
        app.waits(Duration::from_mins(25));
        upkeep::sweep(app.app(), Duration::from_hours(1)).await.unwrap();
        assert_eq!(app.rows("select count(*) from rate_limits").await, 0);
    }

    async fn an_open_site_in_a_flood_holds_without_a_mail_and_refuses_nobody(app: TestApp) {
        let app = &app.beside(&[("REPLYDESK_LIMITS__SITE_PER_MINUTE", "6"), ("REPLYDESK_LIMITS__SITE_BURST", "3")]).await;
        app.sets_policy(Policy { mode: Mode::Open, ..Policy::default() }).await;
        let mut statuses = Vec::new();
        for number in 0..6 { statuses.push(posts(&app.client, number, &[]).await.status); }
        assert_eq!(statuses, [201, 201, 201, 202, 202, 202]);
        assert_eq!(app.rows("select count(*) from outbox").await, 3);
        app.waits(Duration::from_secs(10));
        assert_eq!(posts(&app.client, 7, &[]).await.status, 201);
    }
}

#[test]
fn replicas_hold_a_client_to_one_limit_and_know_each_others_replays() {
    tell(Database::postgres, async |app| {
        let app = &app.beside(&[FOUR]).await;
        let other = Replica::of(app, &[FOUR]).await;
        let key = [("idempotency-key", "first")];
        let first = posts(&app.client, 0, &key).await;
        assert_eq!((first.status, told(&first)[1]), (202, "\"submit\";r=3;t=15"));
        let second = posts(&other.client, 1, &[]).await;
        assert_eq!(
            (second.status, told(&second)[1]),
            (202, "\"submit\";r=2;t=30"),
            "told of what is left of both"
        );
        assert_eq!(passed(&app.client, 2..4, |_| []).await, 2);
        let refused = posts(&other.client, 5, &[]).await;
        assert_eq!((refused.status, refused.problem().as_str()), (429, "rate-limited"));
        assert_eq!(told(&refused), ["\"submit\";q=4;w=60", "\"submit\";r=0;t=15", "15"]);
        assert_eq!(passed(&other.client, 6..40, |_| []).await, 0);
        let again = posts(&other.client, 0, &key).await;
        assert_eq!(
            (again.status, again.header("idempotency-replayed"), &again.json()["id"]),
            (202, "true", &first.json()["id"])
        );
        app.waits(Duration::from_secs(15));
        assert_eq!(
            passed(&app.client, 40..42, |_| []).await + passed(&other.client, 42..44, |_| []).await,
            1
        );
        assert_eq!(app.rows("select count(*) from comments").await, 5);
    });
}

#[test]
fn replicas_share_the_rate_of_a_site_and_its_new_articles() {
    tell(Database::postgres, async |app| {
        let settings = [
            ("REPLYDESK_LIMITS__SITE_PER_MINUTE", "5"),
            ("REPLYDESK_LIMITS__SITE_NEW_ARTICLES_PER_MINUTE", "2"),
        ];
        let app = &app.beside(&settings).await;
        let other = Replica::of(app, &settings).await;
        let mut statuses = Vec::new();
        for (number, client) in [&app.client, &other.client, &app.client].into_iter().enumerate() {
            statuses.push(client.post(COMMENTS, &reply(number, Some(number))).await.status);
        }
        assert_eq!(statuses, [202, 202, 429]);
        for number in 10..15 {
            let client = if number % 2 == 0 { &app.client } else { &other.client };
            assert_eq!(client.post(COMMENTS, &reply(number, Some(0))).await.status, 202);
        }
        // what was refused did not count: five came before the flood
        assert_eq!(app.rows("select count(*) from findings where code = 'site-rate'").await, 2);
        assert_eq!(app.rows("select count(*) from outbox").await, 5);
    });
}

#[test]
fn replicas_count_attempts_to_sign_in_and_receipts_together() {
    tell(Database::postgres, async |app| {
        let settings = [
            MANY,
            ("REPLYDESK_LIMITS__SIGN_IN_PER_MINUTE", "2"),
            ("REPLYDESK_LIMITS__RECEIPTS_PER_MINUTE", "2"),
            ("REPLYDESK_LIMITS__RECEIPTS_BURST", "0"),
        ];
        let app = &app.beside(&settings).await;
        let other = Replica::of(app, &settings).await;
        app.moderator().await;
        let wrong = json!({"name": "mo@gazette.example", "password": "no such password"});
        let right = json!({"name": "mo@gazette.example", "password": PASSWORD});
        assert_eq!(app.client.post("/v1/session", &wrong).await.status, 401);
        let second = other.client.post("/v1/session", &wrong).await;
        assert_eq!((second.status, told(&second)[1]), (401, "\"sign-in\";r=0;t=60"));
        for client in [&app.client, &other.client] {
            let refused = client.post("/v1/session", &right).await;
            assert_eq!(
                (refused.status, told(&refused)),
                (429, ["\"sign-in\";q=2;w=60", "\"sign-in\";r=0;t=30", "30"])
            );
        }
        let comment = app.submits("Words", "ann@example.org").await;
        let api = format!("/v1/receipts/{}", comment["receipt"]["token"].as_str().unwrap());
        let edit = async |client: &Client, text: &str| {
            client.send(("PATCH", &api), &[], Some(&json!({"comment": text}))).await.status
        };
        assert_eq!(
            [
                edit(&app.client, "1").await,
                edit(&other.client, "2").await,
                edit(&app.client, "3").await,
                edit(&other.client, "4").await
            ],
            [200, 200, 429, 429]
        );
    });
}

#[test]
fn a_database_that_does_not_count_lets_nobody_through() {
    tell(Database::postgres, async |app| {
        let app = &app.beside(&[FOUR, ("REPLYDESK_DATABASE__DEADLINE_MS", "1000")]).await;
        app.submits("Before", "ann@example.org").await;
        let mut stranger = PgConnection::connect(&app.database().url()).await.unwrap();
        sqlx::raw_sql("begin; lock table rate_limits in access exclusive mode")
            .execute(&mut stranger)
            .await
            .unwrap();
        let began = Instant::now();
        let answer = posts(&app.client, 1, &[]).await;
        assert_eq!(
            (answer.status, answer.problem().as_str(), answer.header("retry-after")),
            (503, "unavailable", "2")
        );
        assert!(began.elapsed() < Duration::from_secs(10));
        sqlx::raw_sql("rollback").execute(&mut stranger).await.unwrap();
        assert_eq!(posts(&app.client, 2, &[]).await.status, 202);
        assert_eq!(app.app().sites.find(SITE).unwrap().key.as_str(), SITE);
    });
}
