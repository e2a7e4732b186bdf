//! What is said of one operation: beside its handler, in a few lines. What follows from these by rule, such as the
//! problems of whatever has a body, is added where it is written.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::schemas::Schemas;
use crate::domain::Role;

/// One operation, as its handler describes it.
#[must_use]
pub struct Operation {
    pub(super) id: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) notes: Vec<&'static str>,
    pub(super) who: Who,
    pub(super) queries: Vec<Query>,
    pub(super) body: Option<Body>,
    pub(super) answers: BTreeMap<u16, Answer>,
    pub(super) problems: BTreeSet<&'static str>,
    pub(super) is_limited: bool,
    pub(super) is_idempotent: bool,
    pub(super) is_cached: bool,
    pub(super) schemas: Schemas,
}

/// Who may ask.
#[derive(Clone, Copy)]
pub(super) enum Who {
    Anybody,
    /// The site's own backend may say more than others.
    AnybodyOrSite,
    /// Who has one of the roles of which this holds.
    Roles(fn(Role) -> bool),
    /// The same, or the site's own backend.
    SiteOr(fn(Role) -> bool),
    /// Whoever is signed in with a browser.
    Browser,
}

/// A parameter of the query.
#[derive(Serialize)]
pub(super) struct Query {
    name: &'static str,
    #[serde(rename = "in")]
    place: &'static str,
    required: bool,
    description: &'static str,
    schema: Value,
}

pub(super) struct Body {
    pub(super) is_required: bool,
    pub(super) content: BTreeMap<&'static str, Shown>,
}

/// A body of one type.
#[derive(Serialize)]
pub(super) struct Shown {
    schema: Value,
    example: Value,
}

pub(super) struct Answer {
    pub(super) text: &'static str,
    pub(super) content: BTreeMap<&'static str, Value>,
    pub(super) headers: Vec<&'static str>,
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
pub(super) const PAGE: &str = "text/html";

/// An operation of that name, below that heading, and what it does in a sentence.
pub fn operation(id: &'static str, tag: &'static str, summary: &'static str) -> Operation {
    Operation {
        id,
        tag,
        summary,
        notes: Vec::new(),
        who: Who::Anybody,
        queries: Vec::new(),
        body: None,
        answers: BTreeMap::new(),
        problems: BTreeSet::new(),
        is_limited: false,
        is_idempotent: false,
        is_cached: false,
        schemas: Schemas::default(),
    }
}

impl Operation {
    /// A sentence more.
    pub fn note(mut self, text: &'static str) -> Self {
        self.notes.push(text);
        self
    }

    /// Only for people whose role this holds of: the rule that the flow asks as well.
    pub fn by(self, may: fn(Role) -> bool) -> Self {
        Self { who: Who::Roles(may), ..self }
    }

    /// For them and for the site's own backend.
    pub fn by_site_or(self, may: fn(Role) -> bool) -> Self {
        Self { who: Who::SiteOr(may), ..self }
    }

    /// For everybody; the site's own backend may say more.
    pub fn by_anybody_or_site(self) -> Self {
        Self { who: Who::AnybodyOrSite, ..self }
    }

    /// For whoever is signed in with a browser.
    pub fn by_browser(self) -> Self {
        Self { who: Who::Browser, ..self }
    }

    /// A parameter of the query.
    pub fn query(self, name: &'static str, schema: Value, description: &'static str) -> Self {
        self.asks(Query { name, place: "query", required: false, description, schema })
    }

    /// One that must be there.
    pub fn needed(self, name: &'static str, schema: Value, description: &'static str) -> Self {
        self.asks(Query { name, place: "query", required: true, description, schema })
    }

    fn asks(mut self, query: Query) -> Self {
        self.queries.push(query);
        self.refuses(&["validation"])
    }

    /// `limit` and `cursor` of a list.
    pub fn paged(self, most_when_unsaid: usize) -> Self {
        let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": most_when_unsaid});
        self.query("limit", limit, "How many at most.").query(
            "cursor",
            json!({"type": "string"}),
            "Where the page begins: the `next` of the one before. What it is made of may change.",
        )
    }

    /// A body of JSON, with an example that is taken.
    pub fn takes<T: ToSchema>(self, example: Value) -> Self {
        self.body::<T>(true, example)
    }

    /// The same, where none is as good as an empty object.
    pub fn may_take<T: ToSchema>(self, example: Value) -> Self {
        self.body::<T>(false, example)
    }

    /// The same, of which these members must be there.
    pub fn takes_with<T: ToSchema>(mut self, required: &[&str], example: Value) -> Self {
        let schema = self.schemas.request::<T>();
        let schema = json!({"allOf": [schema, {"type": "object", "required": required}]});
        self.content(true, JSON, Shown { schema, example })
    }

    fn body<T: ToSchema>(mut self, is_required: bool, example: Value) -> Self {
        let schema = self.schemas.request::<T>();
        self.content(is_required, JSON, Shown { schema, example })
    }

    /// A body of a form: its fields and whether each must be there, with an example that is taken.
    pub fn takes_form(self, fields: &[(&str, bool, Value)], example: Value) -> Self {
        let properties: BTreeMap<&str, &Value> =
            fields.iter().map(|(name, _, schema)| (*name, schema)).collect();
        let required: Vec<&str> = fields.iter().filter(|field| field.1).map(|field| field.0).collect();
        let schema = json!({"type": "object", "properties": properties, "required": required});
        self.content(true, FORM, Shown { schema, example })
    }

    fn content(mut self, is_required: bool, kind: &'static str, shown: Shown) -> Self {
        let body = self.body.get_or_insert_with(|| Body { is_required, content: BTreeMap::new() });
        body.content.insert(kind, shown);
        self.refuses(&["malformed", "too-large", "unsupported-media-type", "validation"])
    }

    /// An answer of JSON.
    pub fn answers<T: ToSchema>(mut self, status: u16, text: &'static str) -> Self {
        let schema = self.schemas.answer::<T>();
        self.told(status, text, Some((JSON, json!({"schema": schema}))))
    }

    /// An answer without a body.
    pub fn answers_nothing(self, status: u16, text: &'static str) -> Self {
        self.told(status, text, None)
    }

    /// An answer that is a page.
    pub fn answers_page(self, status: u16, text: &'static str) -> Self {
        self.answers_text(status, text, PAGE)
    }

    /// An answer of another kind: a text, or an object of which no more is said.
    pub fn answers_text(self, status: u16, text: &'static str, kind: &'static str) -> Self {
        let schema = if kind.ends_with("json") { "object" } else { "string" };
        self.told(status, text, Some((kind, json!({"schema": {"type": schema}}))))
    }

    fn told(mut self, status: u16, text: &'static str, content: Option<(&'static str, Value)>) -> Self {
        let answer = Answer { text, content: content.into_iter().collect(), headers: Vec::new() };
        self.answers.insert(status, answer);
        self
    }

    /// A header of the answer that was told last.
    pub fn with(mut self, status: u16, header: &'static str) -> Self {
        if let Some(answer) = self.answers.get_mut(&status) {
            answer.headers.push(header);
        }
        self
    }

    /// Problems that do not follow from the rest.
    pub fn refuses(mut self, slugs: &[&'static str]) -> Self {
        self.problems.extend(slugs);
        self
    }

    /// Counted by client, and refused when there is too much of it.
    pub fn limited(self) -> Self {
        Self { is_limited: true, ..self.refuses(&["rate-limited"]) }
    }

    /// Takes an `Idempotency-Key`.
    pub fn idempotent(self) -> Self {
        Self { is_idempotent: true, ..self.refuses(&["idempotency-key-reused", "validation"]) }
    }

    /// Has an `ETag`, and is not sent again to whoever shows it.
    pub fn cached(self) -> Self {
        Self { is_cached: true, ..self.answers_nothing(304, "The client has it already.") }
    }
}
