//! Notes are erased for good: by an admin at the desk, or at the command line. The log stays what it was, and says that
//! it was done.

use uuid::Uuid;

use super::{Author, NewEntry, Object, record};
use crate::{
    domain::{AuditId, Moderator, Role},
    flow::{App, FlowError},
    store::{NotedRow, StoreError, Tx},
};

/// Erases the note of an entry, for admins; whether it was still there. `NotFound`: there is no such entry with a note, or
/// none of their sites.
pub async fn erase_note(
    app: &App,
    (admin, via): (&Moderator, &'static str),
    entry: AuditId,
) -> Result<bool, FlowError> {
    if admin.role != Role::Admin {
        return Err(FlowError::Forbidden);
    }
    let is_theirs = |row: &NotedRow| match row.site {
        Some(site) => admin.sees(site),
        None => admin.sites.is_none(),
    };
    let author = Author { moderator: Some(admin.id), via };
    let erased = app
        .db
        .write(async |tx| {
            let noted = tx.noted(entry.uuid()).await?.into_iter().find(|row| row.id == entry);
            match noted.filter(is_theirs) {
                None => Ok(None),
                Some(row) => erase(app, tx, (&row, author)).await.map(Some),
            }
        })
        .await?;
    erased.ok_or(FlowError::NotFound)
}

/// Erases the note of the entry with that id, or all notes about the object with that id, at the command line; those that
/// were still there. `NotFound`: there never was one.
pub async fn erase_notes(app: &App, of: Uuid) -> Result<Vec<NotedRow>, FlowError> {
    let author = Author { moderator: None, via: "cli" };
    let erased = app
        .db
        .write(async |tx| {
            let noted = tx.noted(of).await?;
            let mut erased = Vec::new();
            for row in &noted {
                if erase(app, tx, (row, author)).await? {
                    erased.push(row.clone());
                }
            }
            Ok((!noted.is_empty()).then_some(erased))
        })
        .await?;
    erased.ok_or(FlowError::NotFound)
}

/// Erases one, and writes down that it was done, and not what it said.
async fn erase(app: &App, tx: &mut Tx, (row, author): (&NotedRow, Author)) -> Result<bool, StoreError> {
    let is_erased = tx.erase_note(row.id).await?;
    if is_erased {
        // decisions are about comments, and notes are of decisions
        let object = Object { kind: "comment", id: row.object_id, site: row.site };
        let entry = NewEntry {
            reason: Some(format!("Of entry {}", row.id)),
            ..NewEntry::new(app, app.clock.now(), (object, "erase-note", author))
        };
        record(app, tx, &[entry]).await?;
    }
    Ok(is_erased)
}
