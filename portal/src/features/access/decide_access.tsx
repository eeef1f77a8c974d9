// Somebody's request for access, with what there is to give.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import DateInput from "@cloudscape-design/components/date-input";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { decideAccessRequest, getAccessRequest } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import type { AccessDecision, ReceivedAccessRequest, Role } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { ProblemPage } from "../../app/problem_page";
import { accountKey } from "../../live/keys";
import { useFlash } from "../../ui/flash";
import { formatDateTime, formatName } from "../../ui/format";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { needsVirtualAccount, ROLES } from "../accounts/roles";
import { useVirtualAccounts } from "../accounts/use_virtual_accounts";
import { AccessFacts } from "./access_facts";

export function DecideAccess() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { sa = "", request: id = "" } = useParams();
  const request = useQuery({
    queryKey: accountKey(sa, "access_requests", "", id),
    queryFn: () => getAccessRequest(sa, id),
  });
  if (request.isPending) return <PageLoading />;
  if (request.isError) return <ProblemPage error={request.error} onRetry={() => request.refetch()} />;
  const title = t("access.one");
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("home.title"), href: "/" },
            { text: t("manage.title"), href: `/accounts/${sa}/manage?tab=account_requests&inner=access` },
            { text: title, href: "" },
          ]}
        />
      }
    >
      <SpaceBetween size="l">
        <Header variant="h1" description={title}>
          {formatName(language, request.data.requester)}
        </Header>
        <Warnings request={request.data} />
        <Facts request={request.data} />
        {request.data.status === "PENDING" && (
          <Decide key={request.data.version} sa={sa} request={request.data} onStale={() => request.refetch()} />
        )}
      </SpaceBetween>
    </PageFrame>
  );
}

// What whoever approves should see first.
function Warnings({ request }: { request: ReceivedAccessRequest }) {
  const { t } = useTranslation();
  if (request.status !== "PENDING") return null;
  const { mail } = request.requester;
  return (["look_alike", "shared_mail"] as const)
    .filter((each) => request[each])
    .map((each) => (
      <Alert key={each} type="warning">
        {t(`access.warnings.${each}`, { mail, domain: request.domain })}
      </Alert>
    ));
}

function Facts({ request }: { request: ReceivedAccessRequest }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { requester } = request;
  const more = [
    { label: t("account_requests.requester"), value: `${formatName(language, requester)} <${requester.mail}>` },
    { label: t("account_requests.company"), value: request.company_name ?? "–" },
    { label: t("account_requests.phone"), value: request.phone ?? "–" },
  ];
  if (request.decided_at !== undefined) {
    const at = formatDateTime(language, request.decided_at);
    more.push({
      label: t("account_requests.decided_at"),
      value: request.decided_by === undefined ? at : t("account_requests.decided_by", { at, name: request.decided_by }),
    });
  }
  return (
    <Container header={<Header variant="h2">{t("access.one")}</Header>}>
      <AccessFacts request={request} more={more} />
    </Container>
  );
}

type Choice = AccessDecision["decision"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function Decide({ sa, request, onStale }: { sa: string; request: ReceivedAccessRequest; onStale: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [choice, setChoice] = useState<Choice | null>(null);
  const [role, setRole] = useState<Role | null>(null);
  const [vas, setVas] = useState<string[]>([]);
  const [lastDay, setLastDay] = useState("");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const decide = useMutation({
    mutationFn: (decision: AccessDecision) =>
      decideAccessRequest(sa, request.access_request_id, request.version, decision),
    onSuccess: (done) => {
      const name = formatName(language, done.requester);
      flash({ type: "success", content: t(`access.done.${done.status}`, { name }) });
      void queryClient.invalidateQueries({ queryKey: ["account", sa] });
    },
  });
  const problem = decide.isError ? asProblem(decide.error) : null;
  const errorOf = (field: string) => fieldText(t, problem === null ? undefined : fieldError(problem, `/${field}`));
  const vasMissing = role !== null && needsVirtualAccount(role) && vas.length === 0;
  const lastDayWrong = lastDay !== "" && !DAY.test(lastDay);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (choice === null || decide.isPending) return;
    const body: AccessDecision = { decision: choice };
    if (reason.trim() !== "") body.reason = reason.trim();
    if (choice === "approve") {
      if (role === null || vasMissing || lastDayWrong) return;
      body.role = role;
      if (needsVirtualAccount(role)) body.virtual_account_ids = vas;
      // Until the day is over where the administrator is.
      if (lastDay !== "") body.ends_at = new Date(`${lastDay}T23:59:59`).toISOString();
    }
    decide.mutate(body);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container header={<Header variant="h2">{t("account_requests.actions")}</Header>}>
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" formAction="submit" loading={decide.isPending}>
              {t("account_requests.submit")}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {problem !== null && <ProblemAlert problem={problem} onRetry={onStale} />}
            <FormField
              label={t("account_requests.decision")}
              errorText={tried && choice === null ? t("account_requests.decision_missing") : undefined}
            >
              <RadioGroup
                value={choice}
                onChange={({ detail }) => setChoice(detail.value === "approve" ? "approve" : "decline")}
                items={(["approve", "decline"] as const).map((value) => ({
                  value,
                  label: t(`account_requests.${value}`),
                  description: t(`access.choice_texts.${value}`),
                }))}
              />
            </FormField>
            {choice === "approve" && (
              <SpaceBetween size="l">
                <FormField
                  label={t("users.role")}
                  errorText={tried && role === null ? t("access.role_missing") : errorOf("role")}
                >
                  <Select
                    selectedOption={role === null ? null : { value: role, label: t(`roles.${role}`) }}
                    placeholder={t("access.role_choose")}
                    options={ROLES.map((value) => ({
                      value,
                      label: t(`roles.${value}`),
                      description: t(`role_texts.${value}`),
                    }))}
                    expandToViewport
                    onChange={({ detail }) =>
                      setRole(ROLES.find((each) => each === detail.selectedOption.value) ?? null)
                    }
                  />
                </FormField>
                {role !== null && needsVirtualAccount(role) && (
                  <Places
                    sa={sa}
                    chosen={vas}
                    error={tried && vasMissing ? t("users.virtual_account_missing") : errorOf("virtual_account_ids")}
                    onChange={setVas}
                  />
                )}
                <FormField
                  label={
                    <>
                      {t("access.last_day")} <i>– {t("common.optional")}</i>
                    </>
                  }
                  constraintText={t("access.last_day_form")}
                  errorText={tried && lastDayWrong ? t("access.last_day_wrong") : errorOf("ends_at")}
                >
                  <DateInput value={lastDay} onChange={({ detail }) => setLastDay(detail.value)} />
                </FormField>
              </SpaceBetween>
            )}
            <FormField
              label={
                <>
                  {t("account_requests.reason")} <i>– {t("common.optional")}</i>
                </>
              }
              description={t("account_requests.reason_help")}
              errorText={errorOf("reason")}
            >
              <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}

interface PlacesProps {
  sa: string;
  chosen: string[];
  error: string | undefined;
  onChange: (chosen: string[]) => void;
}

function Places({ sa, chosen, error, onChange }: PlacesProps) {
  const { t } = useTranslation();
  const { items } = useVirtualAccounts(sa);
  const options = items.map((item) => ({ value: item.virtual_account_id, label: item.path_names.join(" / ") }));
  return (
    <FormField label={t("virtual_accounts.title")} errorText={error}>
      <Multiselect
        filteringType="auto"
        virtualScroll
        placeholder={t("licenses.choose_virtual_account")}
        selectedOptions={options.filter((option) => chosen.includes(option.value))}
        options={options}
        expandToViewport
        onChange={({ detail }) => onChange(detail.selectedOptions.flatMap((each) => each.value ?? []))}
      />
    </FormField>
  );
}
