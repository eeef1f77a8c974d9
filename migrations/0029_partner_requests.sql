-- accounts/: a partner's request of a Smart Account for a customer, who is known by a mail address alone until it
-- accepts or declines.
--
-- customer_lookup is a keyed hash of the normalized address, whether or not somebody has it; customer_id is whoever
-- accepted or declined. The form - address, notes, users - is personal and sealed, and so is the customer's reason.
-- letters is how many mails about it went to the customer.
create table partner_request (
  partner_request_id bytea not null primary key,
  partner_id bytea not null references person (person_id),
  customer_lookup bytea not null,
  status text not null,
  name text not null,
  domain text not null,
  wrapped_form bytea not null,
  created_at bigint not null,
  letters bigint not null,
  decided_at bigint,
  customer_id bytea,
  wrapped_reason bytea,
  smart_account_id bytea,
  account_request_id bytea
);
create index partner_request_by_partner on partner_request (partner_id, partner_request_id);
create index partner_request_by_customer on partner_request (customer_lookup, partner_request_id);
-- Pressing twice, or in two tabs, asks once.
create unique index partner_request_open on partner_request (partner_id, customer_lookup, domain)
  where status = 'PENDING_CUSTOMER_ACCEPTANCE';
