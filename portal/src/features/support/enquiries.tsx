import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { getProfile, listMyEnquiries, sendEnquiry } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { Enquiry, EnquirySubject, NewEnquiry, OwnProfile } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { useMe } from "../../app/session";
import { useFlash } from "../../ui/flash";
import { FormCard } from "../../ui/form_card";
import { formatDateTime, formatName } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { OptionalLabel } from "../../ui/optional_label";
import { useRefusal } from "../../ui/problem_alert";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty, PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { MissingFields } from "../people/missing_fields";
import { ServiceGate } from "../people/service_gate";
import { PROFILE } from "../people/use_saved";
import { EnquiryStatusText } from "./enquiry_facts";

const SUBJECTS = [
  "person_account",
  "smart_account",
  "access",
  "licenses",
  "product_instances",
  "orders",
  "other",
] as const satisfies readonly EnquirySubject[];

export function Enquiries() {
  const { t } = useTranslation();
  const profile = useQuery({ queryKey: PROFILE, queryFn: getProfile });
  if (profile.isPending) return <PageLoading />;
  if (profile.isError) return <ProblemPage error={profile.error} onRetry={() => profile.refetch()} />;
  const title = t("enquiries.title");
  return (
    <InnerPage title={title} description={t("enquiries.description")}>
      <Desk />
      {profile.data.missing.length > 0 ? (
        <MissingFields fields={profile.data.missing} />
      ) : (
        <EnquiryForm profile={profile.data} />
      )}
      <OwnEnquiries />
    </InnerPage>
  );
}

// Whom to turn to by mail, and when somebody is there.
function Desk() {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <ServiceGate>
      {(service) => {
        const hours = language === "ja" ? service.support_hours_ja : service.support_hours_en;
        if (service.support_mail === undefined && hours === undefined) return null;
        return (
          <Container header={<Header variant="h2">{t("enquiries.contact")}</Header>}>
            {service.support_mail !== undefined && (
              <div>
                <a href={`mailto:${service.support_mail}`}>{service.support_mail}</a>
              </div>
            )}
            {hours !== undefined && <div>{t("enquiries.contact_hours", { hours })}</div>}
          </Container>
        );
      }}
    </ServiceGate>
  );
}

function EnquiryForm({ profile }: { profile: OwnProfile }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const me = useMe();
  const flash = useFlash();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [subject, setSubject] = useState<EnquirySubject | null>(null);
  const [domain, setDomain] = useState("");
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const send = useMutation({
    mutationFn: (enquiry: NewEnquiry) => sendEnquiry(enquiry, keys.keyFor(enquiry)),
    onSuccess: (sent) => {
      flash({ type: "success", content: t("enquiries.sent", { number: sent.number }) });
      void queryClient.invalidateQueries({ queryKey: ["enquiries"] });
      void navigate(`/enquiries/${sent.enquiry_id}`);
    },
  });
  const { problem, errorOf } = useRefusal(send);
  const submit = () => {
    setTried(true);
    if (subject === null || text.trim() === "") return;
    const enquiry: NewEnquiry = { subject, text: text.trim() };
    if (domain.trim() !== "") enquiry.domain = domain.trim();
    send.mutate(enquiry);
  };
  return (
    <FormCard
      title={t("enquiries.new")}
      submit={t("enquiries.send")}
      pending={send.isPending}
      problem={problem}
      onSubmit={submit}
    >
      <KeyValuePairs
        columns={2}
        items={[
          { label: t("enquiries.mail"), value: profile.mail },
          { label: t("enquiries.name"), value: formatName(language, me.person) },
          { label: t("enquiries.company"), value: <OrDash>{profile.company.company_name}</OrDash> },
          {
            label: t("enquiries.phone"),
            value: <OrDash>{profile.company.company_phone_shown}</OrDash>,
          },
        ]}
      />
      <FormField
        label={t("enquiries.subject")}
        errorText={tried && subject === null ? t("fields.empty") : errorOf("subject")}
      >
        <Select
          selectedOption={subject === null ? null : { value: subject, label: t(`enquiry_subjects.${subject}`) }}
          placeholder={t("enquiries.subject_choose")}
          options={SUBJECTS.map((value) => ({ value, label: t(`enquiry_subjects.${value}`) }))}
          expandToViewport
          onChange={({ detail }) => setSubject(SUBJECTS.find((each) => each === detail.selectedOption.value) ?? null)}
        />
      </FormField>
      <FormField
        label={<OptionalLabel>{t("enquiries.domain")}</OptionalLabel>}
        description={t("enquiries.domain_help")}
        errorText={errorOf("domain")}
      >
        <Input name="domain" value={domain} onChange={({ detail }) => setDomain(detail.value)} />
      </FormField>
      <FormField
        label={t("enquiries.text")}
        description={t("enquiries.text_help")}
        errorText={tried && text.trim() === "" ? t("fields.empty") : errorOf("text")}
      >
        <Textarea name="text" rows={6} value={text} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </FormCard>
  );
}

const SHAPE: ListShape = { prefix: "enquiries" };

function OwnEnquiries() {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: Column<Enquiry>[] = [
    {
      id: "number",
      header: t("enquiries.number"),
      isRowHeader: true,
      cell: (item) => (
        <RouteLink to={`/enquiries/${item.enquiry_id}`}>{t("enquiries.number_of", { number: item.number })}</RouteLink>
      ),
    },
    { id: "subject", header: t("enquiries.subject"), cell: (item) => t(`enquiry_subjects.${item.subject}`) },
    {
      id: "changed_at",
      header: t("enquiries.changed_at"),
      cell: (item) => formatDateTime(language, item.changed_at),
    },
    { id: "status", header: t("common.status"), cell: (item) => <EnquiryStatusText status={item.status} /> },
  ];
  return (
    <ResourceTable
      id="enquiries"
      title={t("enquiries.own")}
      shape={SHAPE}
      columns={columns}
      queryKey={["enquiries"]}
      fetchPage={listMyEnquiries}
      trackBy={(item) => item.enquiry_id}
      empty={<Empty title={t("enquiries.none")} text={t("enquiries.none_text")} />}
    />
  );
}
