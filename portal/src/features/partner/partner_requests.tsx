// "Request a Smart Account for your customer", and what one asked for before. What follows looks the same whether or
// not the customer is somebody here.
import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { idempotencyKeys } from "../../api/client";
import { askForCustomer, listMyPartnerRequests } from "../../api/partner_calls";
import type { NewPartnerRequest, OwnPartnerRequest } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { FormCard } from "../../ui/form_card";
import { formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { OptionalLabel } from "../../ui/optional_label";
import { useRefusal } from "../../ui/problem_alert";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { mailDomain } from "../founding/domain_wish";
import { type Member, MembersField, wrongMembers } from "../founding/members_field";
import { isMail } from "../people/is_mail";
import { PartnerStatus } from "./partner_facts";

export function PartnerRequests() {
  const { t } = useTranslation();
  return (
    <InnerPage title={t("partner_requests.title")} description={t("partner_requests.description")}>
      <RequestForm />
      <OwnPartnerRequests />
    </InnerPage>
  );
}

function RequestForm() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [mail, setMail] = useState("");
  const [domain, setDomain] = useState("");
  const [note, setNote] = useState("");
  const [members, setMembers] = useState<Member[]>([]);
  const [membersNote, setMembersNote] = useState("");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const ask = useMutation({
    mutationFn: (request: NewPartnerRequest) => askForCustomer(request, keys.keyFor(request)),
    onSuccess: (made) => {
      void queryClient.invalidateQueries({ queryKey: ["partner_requests"] });
      void navigate(`/partner_requests/${made.partner_request_id}`);
    },
  });
  const { problem, errorOf } = useRefusal(ask);
  // What the server refused is no longer what stands in the form.
  const edit = (change: () => void) => {
    change();
    if (ask.isError) ask.reset();
  };
  const ofMail = isMail(mail) ? mailDomain(mail.trim()) : "";
  const isElsewhere = ofMail !== "" && domain.trim() !== "" && !isWithin(domain.trim().toLowerCase(), ofMail);
  const submit = () => {
    setTried(true);
    if (name.trim() === "" || !isMail(mail) || wrongMembers(members).length > 0) return;
    ask.mutate({
      name: name.trim(),
      customer_mail: mail.trim(),
      ...(domain.trim() === "" ? {} : { domain: domain.trim() }),
      ...(note.trim() === "" ? {} : { note: note.trim() }),
      ...(members.length === 0 ? {} : { members: members.map((each) => ({ ...each, mail: each.mail.trim() })) }),
      ...(members.length === 0 || membersNote.trim() === "" ? {} : { members_note: membersNote.trim() }),
    });
  };
  return (
    <FormCard
      title={t("partner_requests.new")}
      submit={t("partner_requests.submit")}
      pending={ask.isPending}
      problem={problem}
      onSubmit={submit}
    >
      <FormField
        label={t("account.name")}
        description={t("partner_requests.name_help")}
        errorText={tried && name.trim() === "" ? t("fields.empty") : errorOf("name")}
      >
        <Input name="name" value={name} onChange={({ detail }) => edit(() => setName(detail.value))} />
      </FormField>
      <FormField
        label={t("partner_requests.customer_mail")}
        description={t("partner_requests.customer_mail_help")}
        errorText={tried && !isMail(mail) ? t("sign_in.mail_missing") : errorOf("customer_mail")}
      >
        <Input
          name="customer_mail"
          type="email"
          value={mail}
          onChange={({ detail }) => edit(() => setMail(detail.value))}
        />
      </FormField>
      <FormField
        label={<OptionalLabel>{t("account.domain")}</OptionalLabel>}
        description={t("partner_requests.domain_help")}
        errorText={errorOf("domain")}
      >
        <Input
          name="domain"
          value={domain}
          placeholder={ofMail}
          onChange={({ detail }) => edit(() => setDomain(detail.value))}
        />
      </FormField>
      {isElsewhere && <Alert type="info">{t("partner_requests.different", { mail_domain: ofMail })}</Alert>}
      <FormField
        label={isElsewhere ? t("partner_requests.note") : <OptionalLabel>{t("partner_requests.note")}</OptionalLabel>}
        description={t("partner_requests.note_help")}
        errorText={errorOf("note")}
      >
        <Textarea name="note" value={note} onChange={({ detail }) => edit(() => setNote(detail.value))} />
      </FormField>
      <FormField label={t("partner_requests.members")} description={t("partner_requests.members_help")} stretch>
        <MembersField
          members={members}
          empty={t("partner_requests.no_members")}
          tried={tried}
          errorOf={(index) => errorOf(`members/${index}/mail`)}
          onChange={(next) => edit(() => setMembers(next))}
        />
      </FormField>
      {members.length > 0 && (
        <FormField
          label={<OptionalLabel>{t("partner_requests.members_note")}</OptionalLabel>}
          description={t("partner_requests.members_note_help")}
          errorText={errorOf("members_note")}
        >
          <Textarea
            name="members_note"
            value={membersNote}
            onChange={({ detail }) => edit(() => setMembersNote(detail.value))}
          />
        </FormField>
      )}
    </FormCard>
  );
}

const isWithin = (domain: string, above: string) => domain === above || domain.endsWith(`.${above}`);

const SHAPE: ListShape = { prefix: "partner_requests" };

function OwnPartnerRequests() {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: Column<OwnPartnerRequest>[] = [
    {
      id: "name",
      header: t("account.name"),
      isRowHeader: true,
      cell: (item) => <RouteLink to={`/partner_requests/${item.partner_request_id}`}>{item.name}</RouteLink>,
    },
    { id: "domain", header: t("account.domain"), cell: (item) => item.domain },
    { id: "customer_mail", header: t("partner_requests.customer"), cell: (item) => item.customer_mail },
    {
      id: "created_at",
      header: t("account_requests.created_at"),
      cell: (item) => formatDateTime(language, item.created_at),
    },
    { id: "status", header: t("common.status"), cell: (item) => <PartnerStatus status={item.status} /> },
  ];
  return (
    <ResourceTable
      id="partner_requests"
      title={t("partner_requests.own")}
      shape={SHAPE}
      columns={columns}
      queryKey={["partner_requests"]}
      fetchPage={listMyPartnerRequests}
      trackBy={(item) => item.partner_request_id}
      empty={<Empty title={t("partner_requests.none")} text={t("partner_requests.none_text")} />}
    />
  );
}
