-- accounts/: who opened an account, its places, and requests for accounts that somebody else has to approve.
alter table smart_account add column creator_id bytea;

-- The headquarters and whatever other places the account has; people and orders name them by their numbers.
create table account_site (
  smart_account_id bytea not null references smart_account (smart_account_id),
  number bigint not null,
  is_headquarters boolean not null,
  wrapped_address bytea not null,
  created_at bigint not null,
  primary key (smart_account_id, number)
);

-- decider_id is the account whose administrators decide, all zero for the operator's staff. The form - address, note,
-- members - is personal and sealed, and so is what the decider said. reminders is how many went to the deciders.
create table account_request (
  account_request_id bytea not null primary key,
  requester_id bytea not null references person (person_id),
  decider_id bytea not null,
  kind text not null,
  status text not null,
  name text not null,
  domain text not null,
  type text not null,
  wrapped_form bytea not null,
  created_at bigint not null,
  reminders bigint not null,
  decided_at bigint,
  decided_by bytea,
  wrapped_reason bytea,
  smart_account_id bytea,
  version bigint not null
);
create index account_request_by_requester on account_request (requester_id, account_request_id);
create index account_request_by_decider on account_request (decider_id, account_request_id);
create index account_request_by_status on account_request (decider_id, status, account_request_id);

-- Those who decide are mailed, among perhaps many thousands of members.
create index role_grant_by_role on role_grant (smart_account_id, role, person_id);
