-- A machine that registers again is looked for among those registered now: what it was before must not make that slower.
drop index device_by_serial;
create index device_by_serial on device (smart_account_id, udi_product_id, udi_serial_number, device_id)
  where status = 'registered';
