use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::Value;

use super::described;

/// A client that follows no redirects.
#[derive(Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    /// Whether answers must be such as the OpenAPI document tells of.
    is_strict: bool,
}

/// An answer, read to its end if it has one.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    /// Each `Set-Cookie`, of which there may be several.
    pub cookies: Vec<String>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { base: format!("http://{address}"), http, is_strict: false }
    }

    /// One that holds every answer against the OpenAPI document.
    pub fn strict(address: SocketAddr) -> Self {
        Self { is_strict: true, ..Self::new(address) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(("GET", path), &[], None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(("POST", path), &[], Some(body)).await
    }

    /// A form, as a browser posts it.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        self.tries_to_submit(path, fields, headers).await.unwrap()
    }

    /// The same, where the other side may be gone before it has answered.
    pub async fn tries_to_submit(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let mut request = self.http.post(format!("{}{path}", self.base)).form(fields);
        request = request.header("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.try_answer(request).await
    }

    pub async fn send(
        &self,
        method_and_path: (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        self.tries(method_and_path, headers, body).await.unwrap()
    }

    /// The same, where the other side may be gone before it has answered.
    pub async fn tries(
        &self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> reqwest::Result<Answer> {
        let method = method.parse().unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        self.try_answer(request).await
    }

    /// Sends these bytes as they are, and reads to the end; they must ask to close the connection.
    pub async fn wire(&self, request: &str) -> String {
        use std::io::{Read, Write};
        let (address, request) = (self.base.trim_start_matches("http://").to_owned(), request.to_owned());
        let talk = move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            String::from_utf8_lossy(&answer).into_owned()
        };
        tokio::task::spawn_blocking(talk).await.unwrap()
    }

    /// Sends these bytes as far as the other side listens, and reads until it has closed.
    pub async fn talks(&self, request: Vec<u8>) -> String {
        let address = self.base.trim_start_matches("http://").to_owned();
        tokio::task::spawn_blocking(move || talk(&address, request)).await.unwrap()
    }

    pub async fn raw(&self, (method, path): (&str, &str), headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request =
            self.http.request(method.parse().unwrap(), format!("{}{path}", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.try_answer(request).await.unwrap()
    }

    async fn try_answer(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
        let (client, request) = request.build_split();
        let request = request?;
        let (method, path) = (request.method().to_string(), request.url().path().to_owned());
        let answer = read(client.execute(request).await?).await?;
        if self.is_strict {
            described::holds(&method, &path, &answer);
        }
        Ok(answer)
    }
}

/// How long the other side may take to close.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

fn talk(address: &str, request: Vec<u8>) -> String {
    use std::io::{ErrorKind, Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    let mut sending = stream.try_clone().unwrap();
    // apart, so that neither side waits for the other; one that is refused may be closed meanwhile
    let sender = std::thread::spawn(move || drop(sending.write_all(&request)));
    let (mut answer, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("the connection stays open: {error}, {}", String::from_utf8_lossy(&answer)),
        }
    }
    sender.join().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn read(mut response: reqwest::Response) -> reqwest::Result<Answer> {
    let status = response.status().as_u16();
    let cookies = response.headers().get_all("set-cookie").iter();
    let cookies = cookies.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let is_endless = response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
    let body =
        if is_endless { response.chunk().await?.unwrap_or_default() } else { response.bytes().await? };
    Ok(Answer { status, headers, cookies, body: body.to_vec() })
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The slug of the problem that this is.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert_eq!(problem["instance"], self.header("x-request-id"));
        problem["type"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// The fields that were refused, with their codes.
    pub fn faults(&self) -> Vec<(String, String)> {
        let problem = self.json();
        let errors = problem["errors"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        errors.iter().map(|error| (text(&error["field"]), text(&error["code"]))).collect()
    }
}
