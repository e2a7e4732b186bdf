//! A panic tells where it was, and nothing of what it had in hand.

use std::{panic, process::Command, time::Duration};

use actix_web::{HttpResponse, web};
use replydesk::{
    app::{self, Overrides, Role, block_on},
    config::{LogConfig, LogFormat, LogLevel},
    http, telemetry,
};

use super::canary::{EMAIL, Searcher, V4};
use crate::support::{Database, ORIGIN, Service};

/// The name of the test below, which is no test but the process that panics.
const PROCESS: &str = "leaks::panics::a_process_that_panics";
const FORMAT: &str = "REPLYDESK_TEST_LOG_FORMAT";

fn refuses() -> Result<u8, String> {
    Err(format!("{EMAIL} at {V4}"))
}

async fn breaks() -> HttpResponse {
    HttpResponse::Ok().body(vec![refuses().unwrap()])
}

async fn breaks_later() -> HttpResponse {
    tokio::time::timeout(Duration::from_millis(1), std::future::pending::<()>())
        .await
        .unwrap_or_else(|_| panic!("{EMAIL}"));
    HttpResponse::Ok().finish()
}

/// Its own thread, and a task of a thread that answers.
async fn breaks_beside() -> HttpResponse {
    let _gone = actix_web::rt::spawn(async { panic!("{EMAIL}") }).await;
    let _gone = web::block(|| panic!("{V4}")).await;
    HttpResponse::NoContent().finish()
}

#[test]
#[ignore = "the process of the tests below"]
fn a_process_that_panics() {
    let format = match std::env::var(FORMAT).as_deref() {
        Ok("text") => LogFormat::Text,
        _ => LogFormat::Json,
    };
    telemetry::init(&LogConfig { level: LogLevel::Trace, format });
    block_on(async {
        let database = Database::sqlite();
        let overrides = Overrides {
            extra: Some(|config| {
                config
                    .service(http::at("/v1/breaks").page(breaks).resource(""))
                    .service(http::at("/breaks-later").page(breaks_later).resource(""))
                    .service(http::at("/breaks-beside").page(breaks_beside).resource(""));
            }),
            ..Overrides::default()
        };
        let running = app::start(&database.config(&[]), Role::All, overrides).await.unwrap();
        let public = running.public.unwrap();
        println!("serving http://{public} on {public}, operations on {}", running.ops);
        std::future::pending::<()>().await;
    });
}

/// The service as a process, which ends with its handle.
fn panics(format: &str) -> Service {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", PROCESS, "--ignored", "--nocapture"]);
    command.env(FORMAT, format).env("RUST_BACKTRACE", "1");
    Service::spawns(command, "serving http://")
}

#[test]
fn a_panic_is_answered_like_any_failure_and_told_by_its_place() {
    for format in ["json", "text"] {
        let service = panics(format);
        let answers = block_on(async {
            let origin = [("origin", ORIGIN), ("x-forwarded-for", V4), ("user-agent", EMAIL)];
            let mut answers = Vec::new();
            for path in ["/v1/breaks", "/breaks-later", "/v1/breaks"] {
                let answer = service.client.send(("GET", path), &origin, None).await;
                assert_eq!((answer.status, answer.problem().as_str()), (500, "internal"));
                assert_eq!(
                    (answer.header("x-request-id").len(), answer.header("x-content-type-options")),
                    (36, "nosniff")
                );
                answers.push(answer);
            }
            let page = service.client.send(("GET", "/v1/breaks"), &[("accept", "text/html")], None).await;
            assert!(page.status == 500 && page.header("content-type").starts_with("text/html"));
            assert_eq!(service.client.get("/breaks-beside").await.status, 204);
            assert_eq!(service.client.get("/problems").await.status, 200, "it goes on");
            answers.push(page);
            let metrics = service.ops.as_ref().unwrap().get("/metrics").await;
            assert!(
                metrics.text().contains(r#"route="/v1/breaks",method="GET",status="500""#),
                "{}",
                metrics.text()
            );
            answers.push(metrics);
            answers
        });
        let said = service.dies();
        let request = answers[0].header("x-request-id");
        let told: Vec<&String> = said.iter().filter(|line| line.contains(request)).collect();
        assert!(told.len() == 1 && told[0].contains("tests/crash/leaks/panics.rs:"), "{said:?}");
        let places =
            said.iter().filter(|line| line.contains("a panic at tests/crash/leaks/panics.rs:")).count();
        assert_eq!(places, 6, "each is told once: {said:?}");
        let searcher = Searcher::of_the_reader();
        searcher.finds_nothing("the log", said.join("\n").as_bytes());
        for answer in &answers {
            searcher.finds_nothing("an answer", format!("{:?}{}", answer.headers, answer.text()).as_bytes());
            assert!(!answer.text().contains("panics.rs"), "an answer says nothing of it");
        }
    }
}

/// The other half of the proof: without the log's own hook the address would be there.
#[test]
fn the_default_hook_would_have_told_it() {
    let caught = panic::catch_unwind(|| refuses().unwrap()).unwrap_err();
    let message = caught.downcast_ref::<String>().unwrap();
    assert!(!Searcher::of_the_reader().finds(message.as_bytes()).is_empty());
}
