//! The words of the site's lists.

use std::borrow::Cow;

use super::{Case, Finding};
use crate::{
    domain::{ClientAddress, Email, Field, Name, Website},
    screen::{Hit, Legible, List, NOT_CHECKED, Place},
};

/// Terms of the lists in the fields that the policy names, each once a field.
pub(in crate::screen) fn words(case: &Case<'_>) -> Vec<Finding> {
    if case.lists.is_incomplete() {
        return vec![NOT_CHECKED];
    }
    if case.lists.words().is_empty() {
        return Vec::new();
    }
    let looked_at = case.policy.word_fields.iter().filter_map(|field| Some((*field, said(case, *field)?)));
    looked_at.flat_map(|(field, said)| found(case, field, &said)).collect()
}

fn found(case: &Case<'_>, field: Field, said: &str) -> Vec<Finding> {
    let told = |hit: Hit<'_>| {
        let finding = match hit.list {
            List::Hold => Finding::held("word-hold", 40),
            List::Spam => Finding::spam("word-spam", 90),
            List::Blocked => Finding::spam("blocked-term", 100),
        };
        if field.is_shown() {
            finding.by(hit.term).at(field, hit.start, hit.length)
        } else {
            Finding { place: Some(Place { field, start: 0, length: 0 }), ..finding }
        }
    };
    case.lists.words().find(&Legible::new(said)).into_iter().map(told).collect()
}

fn said<'a>(case: &Case<'a>, field: Field) -> Option<Cow<'a, str>> {
    Some(match field {
        Field::Text => case.body.as_str().into(),
        Field::Name => case.name.map(Name::as_str)?.into(),
        Field::Website => case.website.map(Website::as_str)?.into(),
        Field::Email => case.email.map(Email::normalised)?.into(),
        Field::Client => case.client.map(ClientAddress::searchable)?.into(),
        Field::Agent => case.agent?.into(),
    })
}
