// Somebody's request for access, with what there is to give.
import Container from "@cloudscape-design/components/container";
import DateInput from "@cloudscape-design/components/date-input";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { decideAccessRequest, getAccessRequest } from "../../api/calls";
import type { AccessDecision, ReceivedAccessRequest, Role } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { accountKey } from "../../live/keys";
import { useFlash } from "../../ui/flash";
import { formatName } from "../../ui/format";
import { OptionalLabel } from "../../ui/optional_label";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { needsVirtualAccount, ROLES } from "../accounts/roles";
import { useVirtualAccounts } from "../accounts/use_virtual_accounts";
import { DecisionForm } from "../requests/decision_form";
import { useRequesterFacts } from "../requests/requester_facts";
import { AccessFacts } from "./access_facts";
import { ClaimWarnings } from "./claim_warnings";

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
    <InnerPage
      title={title}
      heading={formatName(language, request.data.requester)}
      description={title}
      way={[{ text: t("manage.title"), href: `/accounts/${sa}/manage?tab=account_requests&inner=access` }]}
    >
      <ClaimWarnings claim={request.data} />
      <Facts request={request.data} />
      {request.data.status === "PENDING" && (
        <Decide key={request.data.version} sa={sa} request={request.data} onStale={() => request.refetch()} />
      )}
    </InnerPage>
  );
}

function Facts({ request }: { request: ReceivedAccessRequest }) {
  const { t } = useTranslation();
  return (
    <Container header={<Header variant="h2">{t("access.one")}</Header>}>
      <AccessFacts request={request} more={useRequesterFacts(request)} />
    </Container>
  );
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function Decide({ sa, request, onStale }: { sa: string; request: ReceivedAccessRequest; onStale: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [role, setRole] = useState<Role | null>(null);
  const [vas, setVas] = useState<string[]>([]);
  const [lastDay, setLastDay] = useState("");
  const isPlaced = role !== null && needsVirtualAccount(role);
  const vasMissing = isPlaced && vas.length === 0;
  const lastDayWrong = lastDay !== "" && !DAY.test(lastDay);
  const terms = (): Omit<AccessDecision, "decision"> => ({
    role: role ?? undefined,
    ...(isPlaced && { virtual_account_ids: vas }),
    // Until the day is over where the administrator is.
    ...(lastDay !== "" && { ends_at: new Date(`${lastDay}T23:59:59`).toISOString() }),
  });
  return (
    <DecisionForm
      choices={(["approve", "decline"] as const).map((value) => ({
        value,
        description: t(`access.choice_texts.${value}`),
      }))}
      terms={({ tried, errorOf }) => (
        <>
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
              onChange={({ detail }) => setRole(ROLES.find((each) => each === detail.selectedOption.value) ?? null)}
            />
          </FormField>
          {isPlaced && (
            <Places
              sa={sa}
              chosen={vas}
              error={tried && vasMissing ? t("users.virtual_account_missing") : errorOf("virtual_account_ids")}
              onChange={setVas}
            />
          )}
          <FormField
            label={<OptionalLabel>{t("access.last_day")}</OptionalLabel>}
            constraintText={t("access.last_day_form")}
            errorText={tried && lastDayWrong ? t("access.last_day_wrong") : errorOf("ends_at")}
          >
            <DateInput value={lastDay} onChange={({ detail }) => setLastDay(detail.value)} />
          </FormField>
        </>
      )}
      isComplete={role !== null && !vasMissing && !lastDayWrong}
      decide={(decided) =>
        decideAccessRequest(sa, request.access_request_id, request.version, {
          ...decided,
          ...(decided.decision === "approve" && terms()),
        })
      }
      onDone={(done) => {
        const name = formatName(language, done.requester);
        flash({ type: "success", content: t(`access.done.${done.status}`, { name }) });
        void queryClient.invalidateQueries({ queryKey: ["account", sa] });
      }}
      onStale={onStale}
    />
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
