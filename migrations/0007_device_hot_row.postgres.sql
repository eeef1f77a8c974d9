-- All that a check-in needs of a device is in one row: what it is, what it uses, what it was answered last. Columns that
-- only check-ins read move out of the inventory; virtual account, product and status are in both.
--
-- in_use holds the rows of device_use: the entitlement's id in hexadecimal, a colon, the quantity; joined by commas.
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
  primary key (smart_account_id, device_id)
);
insert into device_contact
  select c.smart_account_id, c.device_id, d.virtual_account_id, d.product_id, d.status, d.export_controlled_allowed,
    d.key_thumbprint, d.identity_expires_at, c.last_contact_at, c.sequence, c.message_hash, c.answer, c.report_hash,
    c.authorization_state,
    coalesce((select string_agg(encode(u.entitlement_id, 'hex') || ':' || u.quantity, ',' order by u.entitlement_id) from device_use u where u.smart_account_id = c.smart_account_id and u.device_id = c.device_id), ''),
    c.released_at, c.warned_at, c.cloned_at
  from device_contact_before c
  join device d on d.smart_account_id = c.smart_account_id and d.device_id = c.device_id;
drop table device_contact_before;

-- Lists devices of a virtual account by their last contact, and finds those that have been silent for long.
create index device_contact_by_last on device_contact (smart_account_id, virtual_account_id, status, last_contact_at, device_id);

alter table device drop column export_controlled_allowed;
alter table device drop column key_thumbprint;
alter table device drop column identity_expires_at;
