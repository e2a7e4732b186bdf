-- The latest comments under an address are read by it, however many there are.
drop index contacts_email;
create index contacts_email on contacts (email_index, id);
