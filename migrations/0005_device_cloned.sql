-- When people were last told of a clone of the device: apart from the other warnings, so that none of them hides it.
alter table device_contact add column cloned_at bigint;
