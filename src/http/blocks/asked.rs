//! What somebody wants blocked, as it is written.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{BLOCK_DAYS, BLOCK_REASON_CHARS, BlockKind, BlockValue, Code, CommentId, Effect, Fault},
    flow::{
        App,
        blocks::{CLEAN_UP_DAYS, Of, Wish},
    },
    http::{error::ApiError, moderation::free_text},
};

/// What somebody wants blocked: a body of the API, or a form of the desk.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakeBlocks)]
pub struct Asked {
    /// The author of this comment: either they or a value.
    pub comment: Option<CommentId>,
    /// Of the author; what is not known of them is left out.
    #[schema(value_type = Option<Vec<BlockKind>>, min_items = 1, max_items = 4)]
    pub kinds: Option<Vec<String>>,
    /// With a value: the key of the site.
    pub site: Option<String>,
    /// Of the value.
    #[schema(value_type = Option<BlockKind>)]
    pub kind: Option<String>,
    /// An address, a domain, an IPv4 /32 or IPv6 /64 or an address of it, an IPv4 /24 or IPv6 /48 or one of it, a term.
    #[schema(max_length = 254)]
    pub value: Option<String>,
    #[schema(value_type = Effect)]
    pub effect: String,
    /// For colleagues.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// So long it is in force.
    #[schema(minimum = 1, maximum = 3650)]
    pub days: u32,
    /// Marks as spam what came from the author within so many days.
    #[schema(minimum = 1, maximum = 90)]
    pub clean_up_days: Option<u32>,
    /// With that: how many comments those are. Nothing is done when it is another number.
    pub expect: Option<usize>,
    /// With a domain: so many authors of published comments may have an address of it; 2 when unsaid.
    pub neighbours: Option<usize>,
}

/// Its members.
pub const MEMBERS: [&str; 11] = [
    "comment",
    "kinds",
    "site",
    "kind",
    "value",
    "effect",
    "reason",
    "days",
    "clean_up_days",
    "expect",
    "neighbours",
];

impl Asked {
    /// All of it as a wish, or all that is wrong with it. A site that is not there is `NotFound`.
    pub fn wish(self, app: &App) -> Result<Wish, ApiError> {
        let mut faults = Vec::new();
        let effect = Effect::parse(&self.effect).map_err(Fault::of("effect"));
        let effect = effect.map_err(|fault| faults.push(fault)).ok();
        let reason = free_text("reason", Some(self.reason.clone()), BLOCK_REASON_CHARS);
        let reason = reason.and_then(|text| text.ok_or(Fault { field: "reason", code: Code::Required }));
        let reason = reason.map_err(|fault| faults.push(fault)).ok();
        if !(1..=BLOCK_DAYS).contains(&self.days) {
            faults.push(Fault { field: "days", code: Code::UnknownValue });
        }
        if self.clean_up_days.is_some_and(|days| !(1..=CLEAN_UP_DAYS).contains(&days)) {
            faults.push(Fault { field: "clean_up_days", code: Code::UnknownValue });
        }
        let of = self.of(app, &mut faults)?;
        let (Some(of), Some(effect), Some(reason), true) = (of, effect, reason, faults.is_empty()) else {
            return Err(ApiError::Validation(faults));
        };
        Ok(Wish {
            of,
            effect,
            reason,
            days: self.days,
            clean_up: self.clean_up_days.map(|days| (days, self.expect)),
            neighbours: self.neighbours,
        })
    }

    fn of(&self, app: &App, faults: &mut Vec<Fault>) -> Result<Option<Of>, ApiError> {
        let alien = |is_there: bool, field| is_there.then_some(Fault { field, code: Code::UnknownMember });
        if let Some(comment) = self.comment {
            let others = [
                alien(self.site.is_some(), "site"),
                alien(self.kind.is_some(), "kind"),
                alien(self.value.is_some(), "value"),
            ];
            faults.extend(others.into_iter().flatten());
            let named = self.kinds.as_deref().unwrap_or_default();
            let kinds: Option<Vec<BlockKind>> = named.iter().map(|kind| of_a_person(kind)).collect();
            let code = if named.is_empty() { Code::Required } else { Code::UnknownValue };
            let kinds = kinds.filter(|kinds| (1..=4).contains(&kinds.len()));
            if kinds.is_none() {
                faults.push(Fault { field: "kinds", code });
            }
            return Ok(kinds.map(|kinds| Of::Author(comment, once(kinds))));
        }
        let others =
            [alien(self.kinds.is_some(), "kinds"), alien(self.clean_up_days.is_some(), "clean_up_days")];
        faults.extend(others.into_iter().flatten());
        let mut given = |value: &Option<String>, field| {
            if value.is_none() {
                faults.push(Fault { field, code: Code::Required });
            }
            value.clone()
        };
        let (site, kind) = (given(&self.site, "site"), given(&self.kind, "kind"));
        let value = given(&self.value, "value");
        let (Some(site), Some(kind), Some(value)) = (site, kind, value) else { return Ok(None) };
        let site = app.sites.find(&site).ok_or(ApiError::NotFound)?;
        let kind = BlockKind::parse(&kind).map_err(Fault::of("kind"));
        let value = kind.and_then(|kind| BlockValue::parse(kind, &value).map_err(Fault::of("value")));
        Ok(value.map_err(|fault| faults.push(fault)).ok().map(|value| Of::Value(site, value)))
    }
}

fn of_a_person(name: &str) -> Option<BlockKind> {
    BlockKind::parse(name).ok().filter(|kind| kind.is_of_a_person())
}

/// Each kind once.
fn once(mut kinds: Vec<BlockKind>) -> Vec<BlockKind> {
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}
