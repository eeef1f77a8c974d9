-- accounts/ and access/.
create table smart_account (
  smart_account_id bytea not null primary key,
  number bigint not null unique,
  name text not null,
  domain text not null,
  type text not null,
  status text not null,
  created_at bigint not null,
  version bigint not null
);
create index smart_account_by_name on smart_account (name, smart_account_id);

-- Uniqueness across the service lives in small tables, so that the accounts themselves can be spread over databases.
create table smart_account_name (
  name_key text not null primary key,
  smart_account_id bytea not null
);

create table smart_account_domain (
  domain text not null primary key,
  smart_account_id bytea not null
);

-- `path` is the way from the root as numbers, "/12/40/": a subtree is one range of it. `sort_path` orders the tree as
-- people read it.
create table virtual_account (
  smart_account_id bytea not null references smart_account (smart_account_id),
  virtual_account_id bytea not null,
  number bigint not null,
  parent_id bytea,
  path text not null,
  sort_path text not null,
  depth bigint not null,
  name text not null,
  description text not null,
  is_default boolean not null,
  commerce_access text not null,
  created_at bigint not null,
  version bigint not null,
  primary key (smart_account_id, virtual_account_id)
);
create unique index virtual_account_by_path on virtual_account (smart_account_id, path);
create unique index virtual_account_by_sort_path on virtual_account (smart_account_id, sort_path);
create index virtual_account_by_parent on virtual_account (smart_account_id, parent_id);
create unique index virtual_account_by_number on virtual_account (number);

create table role_grant (
  smart_account_id bytea not null references smart_account (smart_account_id),
  role_grant_id bytea not null,
  person_id bytea not null references person (person_id),
  role text not null,
  virtual_account_id bytea,
  created_at bigint not null,
  ends_at bigint,
  primary key (smart_account_id, role_grant_id)
);
create index role_grant_by_person on role_grant (person_id, smart_account_id);
create index role_grant_by_member on role_grant (smart_account_id, person_id);

create table operator_grant (
  person_id bytea not null references person (person_id),
  role text not null,
  created_at bigint not null,
  primary key (person_id, role)
);
