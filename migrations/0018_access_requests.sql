-- accounts/: requests for access and messages to administrators, and who lets its administrators be seen.
--
-- A row for a domain that nobody has differs by nothing from one that nobody answers but smart_account_id, which is
-- filled in after the request was answered. told_until is the last administrator who was mailed, told_at when all
-- were, or when it was found that there are none.
create table access_request (
  access_request_id bytea not null primary key,
  requester_id bytea not null references person (person_id),
  purpose text not null,
  status text not null,
  domain text not null,
  wrapped_text bytea not null,
  created_at bigint not null,
  smart_account_id bytea,
  told_until bytea,
  told_at bigint,
  decided_at bigint,
  decided_by bytea,
  wrapped_reason bytea,
  version bigint not null
);
create index access_request_by_requester on access_request (requester_id, access_request_id);
create index access_request_by_account on access_request (smart_account_id, purpose, access_request_id);
create index access_request_by_status on access_request (smart_account_id, purpose, status, access_request_id);

-- A row is there while the account's administrators can be seen by those who asked it for access.
create table account_showing_contacts (
  smart_account_id bytea not null primary key references smart_account (smart_account_id),
  created_at bigint not null
);
