-- accounts/: tags that an account defines for its virtual accounts. virtual_account_count is how many carry it.
create table custom_tag (
  smart_account_id bytea not null references smart_account (smart_account_id),
  custom_tag_id bytea not null,
  name text not null,
  name_key text not null,
  virtual_account_count bigint not null,
  created_at bigint not null,
  version bigint not null,
  primary key (smart_account_id, custom_tag_id)
);
create unique index custom_tag_by_name on custom_tag (smart_account_id, name_key);

create table custom_tag_value (
  smart_account_id bytea not null,
  custom_tag_id bytea not null,
  value_key text not null,
  value text not null,
  primary key (smart_account_id, custom_tag_id, value_key)
);

-- What a virtual account carries; value_key is empty where it carries the tag without a value. sort_path is the virtual
-- account's own, so that those with a tag are one range in the order of the tree.
create table virtual_account_tag (
  smart_account_id bytea not null references smart_account (smart_account_id),
  virtual_account_id bytea not null,
  custom_tag_id bytea not null,
  value_key text not null,
  sort_path text not null,
  primary key (smart_account_id, virtual_account_id, custom_tag_id)
);
create index virtual_account_tag_by_tag on virtual_account_tag (smart_account_id, custom_tag_id, sort_path);
create index virtual_account_tag_by_value on virtual_account_tag (smart_account_id, custom_tag_id, value_key, sort_path);
