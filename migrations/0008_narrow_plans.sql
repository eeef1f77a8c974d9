-- The children of one virtual account in their order, however large the tree is.
drop index virtual_account_by_parent;
create index virtual_account_by_parent on virtual_account (smart_account_id, parent_id, sort_path);

-- SQLite does not take an index of some rows for one that answers by itself, and read all devices of the account instead.
-- With the status in its key the index answers for those registered now alone, as before.
drop index device_by_serial;
create index device_by_serial on device (smart_account_id, udi_product_id, udi_serial_number, status, device_id);
