// Somebody's request to succeed as administrator, with what staff need to judge it.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { decideSuccession, getSuccession } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import type { ReceivedSuccession, SuccessionDecision } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { ProblemPage } from "../../app/problem_page";
import { useFlash } from "../../ui/flash";
import { formatDateTime, formatName } from "../../ui/format";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";
import { OrDash } from "../../ui/resource_table";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { SuccessionFacts } from "./succession_facts";

const QUEUE = ["operator", "successions"] as const;

export function DecideSuccession() {
  const { t } = useTranslation();
  const { succession: id = "" } = useParams();
  const succession = useQuery({ queryKey: [...QUEUE, id], queryFn: () => getSuccession(id) });
  if (succession.isPending) return <PageLoading />;
  if (succession.isError) return <ProblemPage error={succession.error} onRetry={() => succession.refetch()} />;
  const title = t("successions.one");
  const { data } = succession;
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("home.title"), href: "/" },
            { text: t("operator.title"), href: "/operator?tab=successions" },
            { text: title, href: "" },
          ]}
        />
      }
    >
      <SpaceBetween size="l">
        <Header variant="h1" description={title}>
          {data.domain}
        </Header>
        <Warnings succession={data} />
        <Facts succession={data} />
        <Account succession={data} />
        {data.objections.length > 0 && <Objections objections={data.objections} />}
        {(data.status === "PENDING" || data.status === "WAITING") && (
          <Decide key={data.version} succession={data} onStale={() => succession.refetch()} />
        )}
      </SpaceBetween>
    </PageFrame>
  );
}

// What whoever approves should see first.
function Warnings({ succession }: { succession: ReceivedSuccession }) {
  const { t } = useTranslation();
  if (succession.status !== "PENDING") return null;
  const { mail } = succession.requester;
  return (["look_alike", "shared_mail"] as const)
    .filter((each) => succession[each])
    .map((each) => (
      <Alert key={each} type="warning">
        {t(`access.warnings.${each}`, { mail, domain: succession.domain })}
      </Alert>
    ));
}

function Facts({ succession }: { succession: ReceivedSuccession }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { requester, decided_at } = succession;
  const more = [
    { label: t("account_requests.requester"), value: `${formatName(language, requester)} <${requester.mail}>` },
    { label: t("account_requests.company"), value: <OrDash>{succession.company_name}</OrDash> },
    { label: t("account_requests.phone"), value: <OrDash>{succession.phone}</OrDash> },
    {
      label: t("successions.mail_of_domain"),
      value: t(succession.has_mail_of_domain ? "successions.yes" : "successions.no"),
    },
  ];
  if (decided_at !== undefined)
    more.push({
      label: t("account_requests.decided_at"),
      value: t("account_requests.decided_by", {
        at: formatDateTime(language, decided_at),
        name: succession.decided_by ?? "–",
      }),
    });
  return (
    <Container header={<Header variant="h2">{t("successions.one")}</Header>}>
      <SuccessionFacts succession={succession} more={more} />
    </Container>
  );
}

function Account({ succession }: { succession: ReceivedSuccession }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { account } = succession;
  if (account === undefined) return <Alert type="warning">{t("successions.account_none")}</Alert>;
  const roles = account.requester_roles.map((role) => t(`roles.${role}`)).join(", ");
  return (
    <Container
      header={
        <Header variant="h2" description={t("account.identity", { domain: succession.domain, number: account.number })}>
          {account.name}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div>
          <strong>{t("successions.administrators")}</strong>
          {account.administrators.length === 0 ? (
            <div>{t("successions.administrators_none")}</div>
          ) : (
            <ul className="menkyo-checklist">
              {account.administrators.map((each) => (
                <li key={each.mail}>
                  {each.name} &lt;{each.mail}&gt;{" – "}
                  {each.last_sign_in_at === undefined
                    ? t("successions.last_sign_in_never")
                    : t("successions.last_sign_in", { at: formatDateTime(language, each.last_sign_in_at) })}
                </li>
              ))}
            </ul>
          )}
        </div>
        <div>
          <strong>{t("successions.requester_roles")}</strong>
          <div>{roles === "" ? t("successions.no_roles") : roles}</div>
        </div>
      </SpaceBetween>
    </Container>
  );
}

function Objections({ objections }: { objections: ReceivedSuccession["objections"] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Container header={<Header variant="h2">{t("successions.objections")}</Header>}>
      <SpaceBetween size="m">
        {objections.map((each) => (
          <div key={`${each.objector} ${each.created_at}`}>
            <strong>
              {t(each.by_administrator ? "successions.objection_by_administrator" : "successions.objection_by", {
                name: each.objector,
                at: formatDateTime(language, each.created_at),
              })}
            </strong>
            <div>
              <bdi className="menkyo-quoted">{each.text}</bdi>
            </div>
          </div>
        ))}
      </SpaceBetween>
    </Container>
  );
}

type Choice = SuccessionDecision["decision"];

function Decide({ succession, onStale }: { succession: ReceivedSuccession; onStale: () => void }) {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  // What was approved can still be declined while it waits, and one for no account only declined.
  const choices: readonly Choice[] =
    succession.status === "PENDING" && succession.account !== undefined ? ["approve", "decline"] : ["decline"];
  const [choice, setChoice] = useState<Choice | null>(null);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const decide = useMutation({
    mutationFn: (decision: SuccessionDecision) =>
      decideSuccession(succession.succession_id, succession.version, decision),
    onSuccess: (_, { decision }) => {
      flash({ type: "success", content: t(`successions.done.${decision === "approve" ? "WAITING" : "DECLINED"}`) });
      void queryClient.invalidateQueries({ queryKey: QUEUE });
    },
  });
  const problem = decide.isError ? asProblem(decide.error) : null;
  const reasonMissing = choice === "decline" && reason.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (choice === null || reasonMissing || decide.isPending) return;
    const decision: SuccessionDecision = { decision: choice };
    if (reason.trim() !== "") decision.reason = reason.trim();
    decide.mutate(decision);
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
                items={choices.map((value) => ({
                  value,
                  label: t(`account_requests.${value}`),
                  description: t(`successions.choice_texts.${value}`),
                }))}
              />
            </FormField>
            <FormField
              label={t("account_requests.reason")}
              description={t("account_requests.reason_help")}
              errorText={
                tried && reasonMissing
                  ? t("successions.reason_missing")
                  : fieldText(t, problem === null ? undefined : fieldError(problem, "/reason"))
              }
            >
              <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
