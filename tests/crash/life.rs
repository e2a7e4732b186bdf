//! The life of a process: it ends in order when it is told to.

use replydesk::store::Kind;

use crate::{
    cluster::Cluster,
    support::{Database, Service, Terminal},
};

#[test]
fn it_ends_when_it_is_told_to() {
    let at = Terminal::on(Kind::Sqlite);
    let done = Service::serves(&at).ends();
    assert_eq!(done.code, 0, "{}", done.err);
}

#[test]
fn it_ends_on_a_cluster_of_its_own() {
    let mut cluster = Cluster::starts();
    let at = Terminal::at(Database::on(&cluster.url()));
    assert_eq!(Service::serves(&at).ends().code, 0);
    cluster.freezes();
    cluster.thaws();
    cluster.stops();
    cluster.starts_again();
    assert_eq!(Service::serves(&at).ends().code, 0);
}
