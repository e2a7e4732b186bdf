//! An operation in words of OpenAPI, with what follows by rule from what was said of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    operation::{Operation, PAGE, Who},
    parameters,
    schemas::Schemas,
};
use crate::{domain::Role, http::public::problems::problem};

impl Operation {
    /// The operation in words of OpenAPI, for a method of a path; its schemas are added to those of all.
    pub fn written(mut self, (method, path): (&str, &str), schemas: &mut Schemas) -> Value {
        self.follow(method, path);
        let problem = self.schemas.problem();
        let is_head = method == "HEAD";
        let mut responses: BTreeMap<String, Value> = BTreeMap::new();
        for (status, answer) in &self.answers {
            let mut headers = self.headers(*status);
            headers.extend(answer.headers.iter().map(|name| ((*name).to_owned(), parameters::header(name))));
            let mut response = json!({"description": answer.text, "headers": headers});
            if !answer.content.is_empty() && !is_head {
                response["content"] = json!(answer.content);
            }
            responses.insert(status.to_string(), response);
        }
        for (status, slugs) in self.by_status() {
            let response = responses.entry(status.to_string()).or_insert_with(
                || json!({"description": "", "headers": self.headers(status), "content": {}}),
            );
            refused(response, &slugs, (!is_head).then_some(&problem));
        }
        let mut written = json!({
            "operationId": if is_head { format!("{}Head", self.id) } else { self.id.to_owned() },
            "tags": [self.tag],
            "summary": self.summary,
            "parameters": self.parameters(path),
            "responses": responses,
            "security": self.security(method),
        });
        if !self.notes.is_empty() {
            written["description"] = json!(self.notes.join(" "));
        }
        if let Some(body) = &self.body {
            written["requestBody"] = json!({"required": body.is_required, "content": body.content});
        }
        if let Who::Roles(may) | Who::SiteOr(may) = self.who {
            let roles = Role::ALL.into_iter().filter(|role| may(*role)).map(Role::name);
            written["x-roles"] = roles.collect();
        }
        schemas.extend(self.schemas);
        written
    }

    /// What follows from the rest.
    fn follow(&mut self, method: &str, path: &str) {
        let changes = !matches!(method, "GET" | "HEAD");
        self.problems.extend(["malformed", "internal", "unavailable"]);
        if changes {
            self.problems.insert("out-of-space");
        }
        if path.contains('{') {
            self.problems.insert("not-found");
        }
        let (is_known, may_lack_rights, is_from_desk) = match self.who {
            Who::Anybody => (false, false, false),
            Who::AnybodyOrSite | Who::SiteOr(_) => (true, true, false),
            Who::Roles(may) => (true, changes || !Role::ALL.into_iter().all(may), true),
            Who::Browser => (true, changes, true),
        };
        let follows = [
            ("unauthenticated", is_known),
            ("forbidden", may_lack_rights),
            ("origin-not-allowed", is_from_desk && changes),
        ];
        self.problems.extend(follows.into_iter().filter_map(|(slug, follows)| follows.then_some(slug)));
    }

    fn by_status(&self) -> BTreeMap<u16, Vec<&'static str>> {
        let mut statuses: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
        for known in self.problems.iter().filter_map(|slug| problem(slug)) {
            statuses.entry(known.status).or_default().push(known.slug);
        }
        statuses
    }

    fn parameters(&self, path: &str) -> Vec<Value> {
        let mut all = parameters::of_path(path);
        all.extend(self.queries.iter().map(|query| json!(query)));
        if self.is_idempotent {
            all.push(parameters::idempotency_key());
        }
        if self.is_cached {
            all.push(parameters::if_none_match());
        }
        all
    }

    fn headers(&self, status: u16) -> BTreeMap<String, Value> {
        let mut names = vec!["X-Request-Id"];
        if matches!(status, 429 | 503) {
            names.push("Retry-After");
        }
        if status == 401 {
            names.push("WWW-Authenticate");
        }
        if self.is_limited {
            names.extend(["RateLimit-Policy", "RateLimit"]);
        }
        if self.is_idempotent && status < 400 {
            names.push("Idempotency-Replayed");
        }
        if self.is_cached && matches!(status, 200 | 304) {
            names.extend(["ETag", "Cache-Control"]);
        }
        names.into_iter().map(|name| (name.to_owned(), parameters::header(name))).collect()
    }

    /// Each of these will do; a browser that changes something proves more than its cookie.
    fn security(&self, method: &str) -> Value {
        let browser = match method {
            "GET" | "HEAD" => json!({"session": []}),
            _ => json!({"session": [], "csrf": []}),
        };
        match self.who {
            Who::Anybody => json!([]),
            Who::AnybodyOrSite => json!([{}, {"siteToken": []}]),
            Who::Roles(_) => json!([{"apiToken": []}, browser]),
            Who::SiteOr(_) => json!([{"siteToken": []}, {"apiToken": []}, browser]),
            Who::Browser => json!([browser]),
        }
    }
}

/// Adds the problems of a status to what is said of it: as a document, or as a page for those who read pages.
fn refused(response: &mut Value, slugs: &[&'static str], schema: Option<&Value>) {
    let said = response["description"].as_str().unwrap_or_default().to_owned();
    let told = slugs.iter().filter_map(|slug| problem(slug));
    let told = told.map(|problem| format!("`{}`: {}", problem.slug, problem.meaning));
    let all: Vec<String> = (!said.is_empty()).then_some(said).into_iter().chain(told).collect();
    response["description"] = json!(all.join("\n\n"));
    response["x-problems"] = json!(slugs);
    if let Some(schema) = schema {
        response["content"]["application/problem+json"] = json!({"schema": schema});
        response["content"][PAGE] = json!({"schema": {"type": "string"}});
    } else if let Some(members) = response.as_object_mut() {
        members.remove("content");
    }
}
