-- accounts/: named groups of users. What a group may do is stored once for the group, and once more in role_grant for
-- each member: asking who may do what reads role_grant alone.
create table user_group (
  smart_account_id bytea not null references smart_account (smart_account_id),
  user_group_id bytea not null,
  name text not null,
  name_key text not null,
  member_count bigint not null,
  created_at bigint not null,
  version bigint not null,
  primary key (smart_account_id, user_group_id)
);
create unique index user_group_by_name on user_group (smart_account_id, name_key);

create table user_group_member (
  smart_account_id bytea not null,
  user_group_id bytea not null,
  person_id bytea not null references person (person_id),
  created_at bigint not null,
  primary key (smart_account_id, user_group_id, person_id)
);

create table user_group_grant (
  smart_account_id bytea not null,
  group_grant_id bytea not null,
  user_group_id bytea not null,
  role text not null,
  virtual_account_id bytea,
  created_at bigint not null,
  ends_at bigint,
  primary key (smart_account_id, group_grant_id)
);
create index user_group_grant_by_group on user_group_grant (smart_account_id, user_group_id);

-- The grant of a group from which this one comes.
alter table role_grant add column group_grant_id bytea;
create index role_grant_by_group_grant on role_grant (smart_account_id, group_grant_id) where group_grant_id is not null;
