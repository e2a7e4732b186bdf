//! Schemas: those of the types that handlers read and write, and of the words of the domain, which are written by
//! their names. So the domain knows nothing of any document.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, SchemaFormat, schema::KnownFormat, schema::Type},
};

use crate::{
    domain::{
        AuditId, Basis, BatchId, BlockId, BlockKind, BreakerAction, Cause, Code, CommentId, Effect, Field,
        Language, Links, Mode, ModeratorId, Needs, Notify, OutboxId, ReportId, ReportReason, Role, Scope,
        Status, Timestamp,
    },
    flow::moderate::Action,
    http::details,
};

/// The schemas that operations refer to, by name.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, Value>);

/// Answers of which a member may be missing rather than null, and what is also asked for in parts; those of all others are always there.
const SPARING: [&str; 7] = ["Problem", "Session", "Outcome", "Policy", "Trust", "FormRules", "BreakerRules"];

impl Schemas {
    /// A type that is read; the reference to it.
    pub fn request<T: ToSchema>(&mut self) -> Value {
        self.take::<T>(|_| ())
    }

    /// A type that is written.
    pub fn answer<T: ToSchema>(&mut self) -> Value {
        self.take::<T>(require_all)
    }

    /// The problem document.
    pub fn problem(&mut self) -> Value {
        self.answer::<details::Details>()
    }

    /// Adds those of another operation.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// All of them.
    pub fn into_all(self) -> BTreeMap<String, Value> {
        self.0
    }

    fn take<T: ToSchema>(&mut self, change: impl Fn(&mut Value)) -> Value {
        let name = T::name().into_owned();
        let mut found: Vec<(String, RefOr<Schema>)> = vec![(name.clone(), T::schema())];
        T::schemas(&mut found);
        for (name, schema) in found {
            let mut schema = json!(schema);
            if !SPARING.contains(&name.as_str()) {
                change(&mut schema);
            }
            self.0.insert(name, schema);
        }
        json!({"$ref": format!("#/components/schemas/{name}")})
    }
}

/// Members that may be null are written all the same.
fn require_all(schema: &mut Value) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let names: Vec<String> = properties.keys().cloned().collect();
        schema["required"] = json!(names);
    }
    for several in ["allOf", "oneOf"] {
        let parts = schema.get_mut(several).and_then(Value::as_array_mut);
        parts.into_iter().flatten().for_each(require_all);
    }
}

/// One of these words.
pub fn one_of(names: &[&str]) -> Value {
    json!({"type": "string", "enum": names})
}

/// What a request wants done with a comment: a decision, or to leave it to an editor.
pub struct ActionName;

/// What a list is asked for: a need, or any.
pub struct NeedsName;

/// Why a rule tripped a breaker.
pub struct CauseName;

macro_rules! schemas {
    ($($type:ty: $schema:expr;)+) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $type {}
    )+};
}

schemas! {
    CommentId: text(KnownFormat::Uuid);
    ModeratorId: text(KnownFormat::Uuid);
    AuditId: text(KnownFormat::Uuid);
    BatchId: text(KnownFormat::Uuid);
    BlockId: text(KnownFormat::Uuid);
    OutboxId: text(KnownFormat::Uuid);
    ReportId: text(KnownFormat::Uuid);
    Timestamp: text(KnownFormat::DateTime);
    Status: words(Status::ALL.map(Status::name));
    Needs: words(Needs::ALL.map(Needs::name));
    ActionName: words(Action::ALL.map(Action::name));
    NeedsName: words(NEEDS);
    ReportReason: words(ReportReason::ALL.map(ReportReason::name));
    Mode: words(Mode::ALL.map(Mode::name));
    BreakerAction: words(BreakerAction::ALL.map(BreakerAction::name));
    CauseName: words(Cause::NAMES);
    Notify: words(Notify::ALL.map(Notify::name));
    BlockKind: words(BlockKind::ALL.map(BlockKind::name));
    Effect: words(Effect::ALL.map(Effect::name));
    Basis: words(Basis::ALL.map(Basis::name));
    Role: words(Role::ALL.map(Role::name));
    Scope: words(Scope::ALL.map(Scope::name));
    Language: words(Language::ALL.iter().map(|language| language.name()));
    Links: words(Links::ALL.map(Links::name));
    Field: words(Field::ALL.map(Field::name));
    Code: words(Code::ALL.map(Code::as_str));
}

/// What a list can be asked for.
pub const NEEDS: [&str; 6] = {
    let [a, b, c, d, e] = Needs::ALL;
    ["any", a.name(), b.name(), c.name(), d.name(), e.name()]
};

fn text(format: KnownFormat) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format)))
}

fn words(names: impl IntoIterator<Item = &'static str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names))
}
