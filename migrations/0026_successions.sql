-- accounts/: who asks the operator for the administrator's role because no administrator is left.
--
-- A row for a domain that nobody has is like any other until staff decide: smart_account_id is filled in by an
-- approval. Then everybody with a role is told, told_until being the last of them and told_at when all were, and the
-- role is given at due_at unless somebody stopped it.
create table succession (
  succession_id bytea not null primary key,
  requester_id bytea not null references person (person_id),
  status text not null,
  domain text not null,
  wrapped_proof bytea not null,
  created_at bigint not null,
  smart_account_id bytea,
  decided_at bigint,
  decided_by bytea,
  wrapped_reason bytea,
  due_at bigint,
  told_until bytea,
  told_at bigint,
  ended_at bigint,
  version bigint not null
);
create index succession_by_requester on succession (requester_id, succession_id);
create index succession_by_status on succession (status, succession_id);
create index succession_by_account on succession (smart_account_id, status, succession_id);

-- Who of the account objected while it waited.
create table succession_objection (
  succession_id bytea not null references succession (succession_id),
  person_id bytea not null references person (person_id),
  by_administrator boolean not null,
  wrapped_text bytea not null,
  created_at bigint not null,
  primary key (succession_id, person_id)
);
