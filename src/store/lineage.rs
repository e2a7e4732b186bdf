//! Whose comments are proven to be by one author, and how many of them were approved.

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
            " and t.status = 'approved' and coalesce(t.needs, '') <> 'decision' union all select t.id from comments t where t.id = ",
            $first,
            $and,
            " and t.status = 'approved' and coalesce(t.needs, '') <> 'decision' limit ",
            $enough,
            ") as few) end"
        )
    };
}

pub(super) use approved_of;
