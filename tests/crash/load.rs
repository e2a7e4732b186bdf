//! Writers and readers that go on whatever happens to the service's database, and remember every answer.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{runtime::Runtime, time::MissedTickBehavior};

use crate::{
    stage::beside,
    support::{Service, Terminal},
};

/// Longer than anything may take; a request that took it is a failure of its own.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a writer repeats a request before it complains.
const REPEATS: usize = 500;
/// The page that is in the service's memory.
pub const CACHED: &str = "/v1/sites/front/comments?article=front";
/// What is read from the database each time.
pub const UNCACHED: &str = "/v1/sites/front/engaging";
pub const SUBMIT: &str = "/v1/sites/gazette/comments";

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Write,
    Cached,
    Uncached,
    Ready,
}

/// One answer; its status is 0 when there was none.
#[derive(Clone, Debug)]
pub struct Seen {
    pub ask: Ask,
    pub began: Instant,
    pub ended: Instant,
    pub status: u16,
    pub retry_after: Option<String>,
    pub body: String,
}

impl Seen {
    pub fn took(&self) -> Duration {
        self.ended - self.began
    }
}

/// Requests that go on in threads of their own until they are told to end.
pub struct Load {
    runtime: Runtime,
    shared: Arc<Shared>,
    writers: Vec<tokio::task::JoinHandle<BTreeMap<String, String>>>,
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Vec<Seen>>,
    changed: Condvar,
    ended: AtomicBool,
}

impl Load {
    /// So many writers, and a reader of each kind.
    pub fn starts(service: &Service, writers: usize) -> Self {
        let runtime = beside();
        let shared = Arc::new(Shared::default());
        let public = service.address;
        let ops = service.ops_address.unwrap();
        let writers = (0..writers).map(|me| runtime.spawn(writes(shared.clone(), public, me))).collect();
        for (ask, at, path) in
            [(Ask::Cached, public, CACHED), (Ask::Uncached, public, UNCACHED), (Ask::Ready, ops, "/readyz")]
        {
            runtime.spawn(reads(shared.clone(), (ask, at, path)));
        }
        Self { runtime, shared, writers }
    }

    /// Waits until what was seen is as it should be; false when that takes longer than `patience`.
    pub fn until(&self, patience: Duration, enough: impl Fn(&[Seen]) -> bool) -> bool {
        let seen = self.shared.seen.lock().unwrap();
        let waited = self.shared.changed.wait_timeout_while(seen, patience, |seen| !enough(seen)).unwrap();
        enough(&waited.0)
    }

    /// Lets it go on for so long.
    pub fn goes_on(&self, span: Duration) {
        self.until(span, |_| false);
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Lets the writers finish what they have begun: the comment of every key, and all answers.
    pub fn ends(mut self) -> (BTreeMap<String, String>, Vec<Seen>) {
        self.shared.ended.store(true, Ordering::Release);
        let mut taken = BTreeMap::new();
        for writer in self.writers.drain(..) {
            taken.extend(self.runtime.block_on(writer).unwrap());
        }
        let seen = self.seen();
        (taken, seen)
    }
}

impl Shared {
    fn saw(&self, seen: Seen) {
        self.seen.lock().unwrap().push(seen);
        self.changed.notify_all();
    }

    fn is_over(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
}

/// Writes comments under keys of its own, and repeats each until it is taken.
async fn writes(shared: Arc<Shared>, at: SocketAddr, me: usize) -> BTreeMap<String, String> {
    let (caller, mut taken) = (Caller::new(at), BTreeMap::new());
    let mut tick = every(Duration::from_millis(20));
    for number in 0.. {
        if shared.is_over() {
            break;
        }
        let key = format!("writer-{me}-{number}");
        let id = 'taken: {
            for _ in 0..REPEATS {
                tick.tick().await;
                let (seen, id) = caller.submits(SUBMIT, &key).await;
                shared.saw(seen);
                if let Some(id) = id {
                    break 'taken id;
                }
            }
            panic!("{key} was never taken");
        };
        taken.insert(key, id);
    }
    taken
}

async fn reads(shared: Arc<Shared>, (ask, at, path): (Ask, SocketAddr, &'static str)) {
    let caller = Caller::new(at);
    let mut tick = every(Duration::from_millis(50));
    while !shared.is_over() {
        tick.tick().await;
        shared.saw(caller.asks(ask, caller.http.get(caller.url(path))).await);
    }
}

fn every(span: Duration) -> tokio::time::Interval {
    let mut tick = tokio::time::interval(span);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

/// Somebody whose requests may come to nothing.
#[derive(Clone)]
pub struct Caller {
    base: String,
    http: reqwest::Client,
}

impl Caller {
    /// A connection for each request, so that none suffers from what befell another.
    pub fn new(at: SocketAddr) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self { base: format!("http://{at}"), http }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Submits a comment under a key; its id when it was taken.
    pub async fn submits(&self, path: &str, key: &str) -> (Seen, Option<String>) {
        let request = self.http.post(self.url(path)).header("idempotency-key", key).json(&comment(key));
        let seen = self.asks(Ask::Write, request).await;
        let id = matches!(seen.status, 201 | 202).then(|| {
            let answer: Value = serde_json::from_str(&seen.body).unwrap();
            answer["id"].as_str().unwrap().to_owned()
        });
        (seen, id)
    }

    pub async fn gets(&self, path: &str) -> Seen {
        self.asks(Ask::Uncached, self.http.get(self.url(path))).await
    }

    async fn asks(&self, ask: Ask, request: reqwest::RequestBuilder) -> Seen {
        let began = Instant::now();
        let answered = async {
            let response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, response.text().await?))
        };
        let (status, retry_after, body) = match answered.await {
            Ok((status, headers, body)) => {
                let wait = headers.get("retry-after").and_then(|value| value.to_str().ok());
                (status, wait.map(str::to_owned), body)
            }
            Err(_) => (0, None, String::new()),
        };
        Seen { ask, began, ended: Instant::now(), status, retry_after, body }
    }
}

fn comment(key: &str) -> Value {
    json!({
        "article": {"key": "bridge", "url": "https://news.example/bridge", "title": "The bridge"},
        "name": "Ann", "email": format!("{key}@example.org"),
        "comment": format!("{key}: it should open again before the winter."),
    })
}

/// A service with a site that holds everything, one with a published comment, and no limits.
pub fn serves(at: &mut Terminal) -> (Service, String) {
    for limit in ["REPLYDESK_LIMITS__SUBMIT_PER_MINUTE", "REPLYDESK_LIMITS__SITE_PER_MINUTE"] {
        at.set(limit, Some("0"));
    }
    let site = |key, policy| {
        let origin = ["--origin", "https://news.example"];
        at.does(&[["site", "add", key].as_slice(), &origin, &["--policy", policy]].concat());
    };
    site("gazette", "hold-all");
    site("front", "open");
    let service = Service::serves(at);
    let mut first = comment("first");
    first["article"]["key"] = json!("front");
    let published = service.posts("/v1/sites/front/comments", &first);
    assert_eq!(published.status, 201, "{}", published.text());
    let id = published.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(service.gets(CACHED).json()["article"]["count"], 1);
    (service, id)
}
