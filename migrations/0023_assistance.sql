-- accounts/: while an account is locked against the operator's staff, they see none of its users.
alter table smart_account add column locked_against_staff boolean not null default false;

-- access/, accounts/: that one of the staff helps an account, for the reason it gave and until ends_at. Of each of them
-- the newest one alone; the event log keeps all.
create table assistance (
  smart_account_id bytea not null references smart_account (smart_account_id),
  person_id bytea not null references person (person_id),
  assistance_id bytea not null,
  wrapped_reason bytea not null,
  created_at bigint not null,
  ends_at bigint not null,
  primary key (smart_account_id, person_id)
);
