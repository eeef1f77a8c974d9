-- A row of these two tables has about a kilobyte. In a table without rowid such rows stand in the inner pages too, where a
-- page holds four of them, and what is longer than a quarter of a page goes to a page of its own: 9 pages deep at a million
-- devices, 8 KB for each. With a rowid the rows are in the leaves alone, and the primary key is a narrow index.
drop index device_by_virtual_account;
drop index device_by_registered;
drop index device_by_serial;
alter table device rename to device_before;
create table device (
  smart_account_id bytea not null,
  device_id bytea not null,
  virtual_account_id bytea not null,
  product_id bytea not null,
  registration_token_id bytea,
  status text not null,
  display_name text not null,
  sort_name text not null,
  udi_product_id text not null,
  udi_serial_number text not null,
  wrapped_details bytea not null,
  public_key bytea not null,
  previous_public_key bytea,
  identity_certificate bytea not null,
  registered_at bigint not null,
  removed_at bigint,
  primary key (smart_account_id, device_id)
) strict;
insert into device (
    smart_account_id, device_id, virtual_account_id, product_id, registration_token_id, status, display_name,
    sort_name, udi_product_id, udi_serial_number, wrapped_details, public_key, previous_public_key,
    identity_certificate, registered_at, removed_at)
  select
    smart_account_id, device_id, virtual_account_id, product_id, registration_token_id, status, display_name,
    sort_name, udi_product_id, udi_serial_number, wrapped_details, public_key, previous_public_key,
    identity_certificate, registered_at, removed_at
  from device_before;
drop table device_before;
create index device_by_virtual_account on device (smart_account_id, virtual_account_id, status, sort_name, device_id);
create index device_by_registered on device (smart_account_id, virtual_account_id, status, registered_at, device_id);
create index device_by_serial on device (smart_account_id, udi_product_id, udi_serial_number, status, device_id);

drop index device_contact_by_last;
alter table device_contact rename to device_contact_before;
create table device_contact (
  smart_account_id bytea not null,
  device_id bytea not null,
  virtual_account_id bytea not null,
  product_id bytea not null,
  status text not null,
  export_controlled_allowed boolean not null,
  key_thumbprint bytea not null,
  identity_expires_at bigint not null,
  last_contact_at bigint not null,
  sequence bigint not null,
  message_hash bytea not null,
  answer bytea not null,
  report_hash bytea not null,
  authorization_state text not null,
  in_use text not null,
  released_at bigint,
  warned_at bigint,
  cloned_at bigint,
  silent boolean not null default false,
  primary key (smart_account_id, device_id)
) strict;
insert into device_contact (
    smart_account_id, device_id, virtual_account_id, product_id, status, export_controlled_allowed,
    key_thumbprint, identity_expires_at, last_contact_at, sequence, message_hash, answer, report_hash,
    authorization_state, in_use, released_at, warned_at, cloned_at, silent)
  select
    smart_account_id, device_id, virtual_account_id, product_id, status, export_controlled_allowed,
    key_thumbprint, identity_expires_at, last_contact_at, sequence, message_hash, answer, report_hash,
    authorization_state, in_use, released_at, warned_at, cloned_at, silent
  from device_contact_before;
drop table device_contact_before;
create index device_contact_by_last on device_contact (smart_account_id, virtual_account_id, status, last_contact_at, device_id);
