-- How often the administrators were reminded of a request for access.
alter table access_request add column reminders bigint not null default 0;
