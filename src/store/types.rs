//! How the domain's types are kept in columns.

use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};
use uuid::Uuid;

use crate::domain::{
    ArticleId, AuditId, Basis, BatchId, BlockId, BlockKind, BreakerAction, ClusterId, CommentId,
    ConfirmationId, ContactId, Effect, Mode, ModeratorId, Needs, Notify, OutboxId, ReportId, ReportReason,
    Role, Scope, SiteId, Status, Timestamp, Told, Window,
};

/// A type that is kept as another one that both drivers know.
macro_rules! kept_as {
    ($($type:ty as $kept:ty: |$value:ident| $into:expr, |$raw:ident| $from:expr;)+) => {$(
        impl<DB: Database> Type<DB> for $type
        where
            $kept: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$kept as Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <$kept as Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $type
        where
            $kept: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let $value = self;
                Encode::<DB>::encode_by_ref(&$into, buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $type
        where
            $kept: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let $raw = <$kept as Decode<DB>>::decode(value)?;
                $from
            }
        }
    )+};
}

kept_as! {
    Timestamp as i64: |at| at.micros(), |raw| Ok(Self::from_micros(raw));
    SiteId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    ArticleId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    CommentId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    ContactId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    ModeratorId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    OutboxId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    AuditId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    BatchId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    BlockId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    ClusterId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    ConfirmationId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    ReportId as Uuid: |id| id.uuid(), |raw| Ok(raw.into());
    Status as String: |status| status.name().to_owned(), |raw| Self::parse(&raw).map_err(|_| unknown());
    Needs as String: |needs| needs.name().to_owned(), |raw| Self::parse(&raw).map_err(|_| unknown());
    Notify as String: |notify| notify.name().to_owned(), |raw| Self::parse(&raw).map_err(|_| unknown());
    Told as String: |told| told.name().to_owned(), |raw| Self::parse(&raw).map_err(|_| unknown());
    ReportReason as String: |reason| reason.name().to_owned(), |raw| Self::parse(&raw).map_err(|_| unknown());
    Basis as String: |basis| basis.name().to_owned(), |raw| Self::parse(&raw).map_err(|_| unknown());
    Mode as String: |mode| mode.name().to_owned(), |raw| Self::parse(&raw).ok_or_else(unknown);
    BreakerAction as String: |action| action.name().to_owned(), |raw| Self::parse(&raw).ok_or_else(unknown);
    BlockKind as String: |kind| kind.name().to_owned(), |raw| Self::parse(&raw).map_err(|_| unknown());
    Effect as String: |effect| effect.name().to_owned(), |raw| Self::parse(&raw).map_err(|_| unknown());
    Scope as String: |scope| scope.name().to_owned(), |raw| Self::parse(&raw).ok_or_else(unknown);
    Window as String: |window| window.name().to_owned(), |raw| Self::parse(&raw).ok_or_else(unknown);
    Role as String: |role| role.name().to_owned(), |raw| Self::parse(&raw).ok_or_else(unknown);
}

fn unknown() -> BoxDynError {
    "a word that this version does not know".into()
}
