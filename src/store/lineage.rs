//! Whose comments are proven to be by one author, and how many of them were approved.

/// Published, and a person has looked at the text since: neither published unseen, nor edited unseen and reported then.
macro_rules! was_looked_at {
    () => {
        " and t.status = 'approved' and coalesce(t.needs, '') <> 'decision' and (coalesce(t.needs, '') <> 'report' or \
         t.decided_at >= coalesce(t.edited_at, 0))"
    };
}

/// How many comments of a lineage were approved by a person, up to as many as are enough; 0 when one of them is spam. What
/// was published unseen does not count before somebody has looked. `$first` is the
/// first comment of the lineage, and `$and` says which of the others count.
macro_rules! approved_of {
    ($first:literal, $enough:literal, $and:literal) => {
        concat!(
            "case when exists (select 1 from comments t where t.lineage = ",
            $first,
            $and,
            " and t.status = 'spam') or exists (select 1 from comments t where t.id = ",
            $first,
            $and,
            " and t.status = 'spam') then 0 else (select count(*) from (select t.id from comments t where t.lineage = ",
            $first,
            $and,
            $crate::store::lineage::was_looked_at!(),
            " union all select t.id from comments t where t.id = ",
            $first,
            $and,
            $crate::store::lineage::was_looked_at!(),
            " limit ",
            $enough,
            ") as few) end"
        )
    };
}

pub(super) use {approved_of, was_looked_at};
