// Somebody's request to succeed as administrator, with what staff need to judge it.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { decideSuccession, getSuccession } from "../../api/calls";
import type { ReceivedSuccession } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { useFlash } from "../../ui/flash";
import { formatDateTime } from "../../ui/format";
import { Quoted } from "../../ui/quoted";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { ClaimWarnings } from "../access/claim_warnings";
import { type Choice, DecisionForm } from "../requests/decision_form";
import { useRequesterFacts } from "../requests/requester_facts";
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
    <InnerPage
      title={title}
      heading={data.domain}
      description={title}
      way={[{ text: t("operator.title"), href: "/operator?tab=successions" }]}
    >
      <ClaimWarnings claim={data} />
      <Facts succession={data} />
      <Account succession={data} />
      {data.objections.length > 0 && <Objections objections={data.objections} />}
      {(data.status === "PENDING" || data.status === "WAITING") && (
        <Decide key={data.version} succession={data} onStale={() => succession.refetch()} />
      )}
    </InnerPage>
  );
}

function Facts({ succession }: { succession: ReceivedSuccession }) {
  const { t } = useTranslation();
  const more = [
    ...useRequesterFacts(succession),
    {
      label: t("successions.mail_of_domain"),
      value: t(succession.has_mail_of_domain ? "successions.yes" : "successions.no"),
    },
  ];
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
              <Quoted text={each.text} />
            </div>
          </div>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function Decide({ succession, onStale }: { succession: ReceivedSuccession; onStale: () => void }) {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  // What was approved can still be declined while it waits, and one for no account only declined.
  const choices: readonly Choice[] =
    succession.status === "PENDING" && succession.account !== undefined ? ["approve", "decline"] : ["decline"];
  return (
    <DecisionForm
      choices={choices.map((value) => ({ value, description: t(`successions.choice_texts.${value}`) }))}
      needsReason
      decide={(decided) => decideSuccession(succession.succession_id, succession.version, decided)}
      onDone={(_, decision) => {
        flash({ type: "success", content: t(`successions.done.${decision === "approve" ? "WAITING" : "DECLINED"}`) });
        void queryClient.invalidateQueries({ queryKey: QUEUE });
      }}
      onStale={onStale}
    />
  );
}
