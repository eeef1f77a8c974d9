// A partner's request as the customer sees it: accept it, which founds the Smart Account, or decline it.
import Alert from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { idempotencyKeys } from "../../api/client";
import { acceptPartnerRequest, declinePartnerRequest, getReceivedPartnerRequest } from "../../api/partner_calls";
import { asProblem } from "../../api/problem";
import type { PartnerRequestAcceptance, ReceivedPartnerRequest } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { MessagePage, ProblemPage } from "../../app/problem_page";
import { useMe } from "../../app/session";
import { useFlash } from "../../ui/flash";
import { FormCard } from "../../ui/form_card";
import { formatName } from "../../ui/format";
import { OptionalLabel } from "../../ui/optional_label";
import { useRefusal } from "../../ui/problem_alert";
import { OrDash } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import type { DomainWish } from "../founding/domain_wish";
import { ForecastPanel } from "../founding/forecast_panel";
import { type Founder, FoundingGate } from "../founding/founding_gate";
import { HeadquartersField } from "../founding/headquarters_field";
import { postalPart } from "../founding/postal_part";
import { useFounded } from "../founding/use_founded";
import { LOOK_AGAIN_MS } from "../requests/withdrawable";
import { PartnerFacts } from "./partner_facts";

const RECEIVED = ["received_partner_requests"];

export function AnswerPartnerRequest() {
  const { t } = useTranslation();
  const me = useMe();
  const language = useLanguage();
  const { request: id = "" } = useParams();
  const request = useQuery({
    queryKey: [...RECEIVED, id],
    queryFn: () => getReceivedPartnerRequest(id),
    // The partner may withdraw it at any moment.
    refetchInterval: (query) => (query.state.data?.status === "PENDING_CUSTOMER_ACCEPTANCE" ? LOOK_AGAIN_MS : false),
  });
  if (request.isPending) return <PageLoading />;
  if (request.isError && asProblem(request.error).code === "not_found")
    return (
      <MessagePage title={t("partner_requests.not_yours_title")}>
        <Alert type="warning">{t("partner_requests.not_yours", { mail: me.person.mail })}</Alert>
      </MessagePage>
    );
  if (request.isError) return <ProblemPage error={request.error} onRetry={() => request.refetch()} />;
  const { name, status, partner, company_name } = request.data;
  return (
    <InnerPage title={t("partner_requests.for_you")} description={t("partner_requests.for_you_text")}>
      {status !== "PENDING_CUSTOMER_ACCEPTANCE" && <Outcome request={request.data} />}
      <Container header={<Header variant="h2">{name}</Header>}>
        <PartnerFacts
          request={request.data}
          other={[
            {
              label: t("partner_requests.partner"),
              value: t("partner_requests.person", { name: formatName(language, partner), mail: partner.mail }),
            },
            { label: t("partner_requests.partner_company"), value: <OrDash>{company_name}</OrDash> },
          ]}
        />
      </Container>
      {status === "PENDING_CUSTOMER_ACCEPTANCE" && <Answer request={request.data} onStale={() => request.refetch()} />}
    </InnerPage>
  );
}

function Outcome({ request }: { request: ReceivedPartnerRequest }) {
  const { t } = useTranslation();
  const { status, smart_account_id, account_request_id } = request;
  if (status === "PENDING_CUSTOMER_ACCEPTANCE") return null;
  return (
    <Alert type={status === "ACCEPTED" ? "success" : "info"} header={t(`partner_requests.outcome.${status}`)}>
      {smart_account_id !== undefined && (
        <RouteLink to={`/accounts/${smart_account_id}/manage`}>{t("home.manage")}</RouteLink>
      )}
      {account_request_id !== undefined && (
        <RouteLink to={`/account_requests/${account_request_id}`}>{t("account_requests.own_title")}</RouteLink>
      )}
      {status !== "ACCEPTED" && <RouteLink to="/accounts/new">{t("founding.title")}</RouteLink>}
    </Alert>
  );
}

type Choice = "accept" | "decline";

function Answer({ request, onStale }: { request: ReceivedPartnerRequest; onStale: () => void }) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Choice | null>(null);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{t("account_requests.actions")}</Header>}>
        <RadioGroup
          ariaLabel={t("account_requests.decision")}
          value={choice}
          onChange={({ detail }) => setChoice(detail.value === "accept" ? "accept" : "decline")}
          items={(["accept", "decline"] as const).map((value) => ({
            value,
            label: t(`partner_requests.choices.${value}`),
            description: t(`partner_requests.choice_texts.${value}`),
          }))}
        />
      </Container>
      {choice === "accept" && (
        <FoundingGate>{(founder) => <Accept request={request} founder={founder} onStale={onStale} />}</FoundingGate>
      )}
      {choice === "decline" && <Decline request={request} onStale={onStale} />}
    </SpaceBetween>
  );
}

const OPTIONS = {
  own: "own",
  prefix: "prefix",
  different: "different",
  refused: "different",
} as const satisfies Record<ReceivedPartnerRequest["kind"], DomainWish["option"]>;

interface AcceptProps {
  request: ReceivedPartnerRequest;
  founder: Founder;
  onStale: () => void;
}

function Accept({ request, founder, onStale }: AcceptProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const founded = useFounded();
  const [place, setPlace] = useState(founder.address);
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const { partner_request_id: id, name, domain, kind, members } = request;
  const accept = useMutation({
    mutationFn: (acceptance: PartnerRequestAcceptance) => acceptPartnerRequest(id, acceptance, keys.keyFor(acceptance)),
    onSuccess: (done) => {
      void queryClient.invalidateQueries({ queryKey: RECEIVED });
      founded(done);
    },
  });
  const { problem, errorOf } = useRefusal(accept);
  const headquarters = founder.addresses.find((each) => each.person_address_id === place);
  const noteMissing = kind === "different" && note.trim() === "";
  const submit = () => {
    setTried(true);
    if (headquarters === undefined || noteMissing) return;
    accept.mutate({
      headquarters: postalPart(headquarters),
      members: members.filter((_, index) => !left.has(index)),
      ...(kind === "own" || note.trim() === "" ? {} : { note: note.trim() }),
    });
  };
  return (
    <SpaceBetween size="l">
      <FormCard
        title={t("partner_requests.accept_title")}
        submit={t("founding.submit")}
        pending={accept.isPending}
        problem={problem}
        onSubmit={submit}
        onStale={onStale}
      >
        <HeadquartersField
          addresses={founder.addresses}
          value={place}
          error={tried && headquarters === undefined ? t("founding.headquarters_missing") : undefined}
          onChange={setPlace}
        />
        {members.length > 0 && (
          <FormField label={t("partner_requests.members")} description={t("partner_requests.choose_members")}>
            {members.map((member, index) => (
              <Checkbox
                key={`${member.mail} ${member.role}`}
                checked={!left.has(index)}
                description={t(`roles.${member.role}`)}
                onChange={({ detail }) => setLeft(without(left, index, detail.checked))}
              >
                {member.mail}
              </Checkbox>
            ))}
          </FormField>
        )}
        {kind !== "own" && (
          <FormField
            label={kind === "different" ? t("founding.note") : <OptionalLabel>{t("founding.note")}</OptionalLabel>}
            description={t(`founding.notes.${kind === "prefix" ? "prefix" : "different"}`)}
            errorText={tried && noteMissing ? t("fields.empty") : errorOf("note")}
          >
            <Textarea name="note" value={note} onChange={({ detail }) => setNote(detail.value)} />
          </FormField>
        )}
      </FormCard>
      <ForecastPanel domain={domain} name={name} option={OPTIONS[kind]} />
    </SpaceBetween>
  );
}

function without(left: ReadonlySet<number>, index: number, isKept: boolean): ReadonlySet<number> {
  const next = new Set(left);
  if (isKept) next.delete(index);
  else next.add(index);
  return next;
}

function Decline({ request, onStale }: { request: ReceivedPartnerRequest; onStale: () => void }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const flash = useFlash();
  const [reason, setReason] = useState("");
  const decline = useMutation({
    mutationFn: (text: string) => declinePartnerRequest(request.partner_request_id, text),
    onSuccess: () => {
      flash({ type: "success", content: t("partner_requests.declined", { name: request.name }) });
      void queryClient.invalidateQueries({ queryKey: RECEIVED });
    },
  });
  const { problem, errorOf } = useRefusal(decline);
  return (
    <FormCard
      title={t("partner_requests.decline_title")}
      submit={t("partner_requests.choices.decline")}
      pending={decline.isPending}
      problem={problem}
      onSubmit={() => decline.mutate(reason.trim())}
      onStale={onStale}
    >
      <FormField
        label={<OptionalLabel>{t("account_requests.reason")}</OptionalLabel>}
        description={t("partner_requests.reason_help")}
        errorText={errorOf("reason")}
      >
        <Textarea name="reason" value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </FormCard>
  );
}
