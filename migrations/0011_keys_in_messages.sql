-- A message carries its key, and device_contact.key_thumbprint says whether it is the device's; nothing reads these.
alter table device drop column previous_public_key;
alter table device drop column public_key;
