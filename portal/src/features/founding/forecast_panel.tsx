// What will happen when the button is pressed, told while the form is filled in.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getForecast } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { Forecast } from "../../api/types";
import { ProblemAlert } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { useSettled } from "../../ui/use_settled";
import type { DomainWish } from "./domain_wish";

const PAUSE_MS = 400;

interface ForecastPanelProps {
  domain: string;
  name: string;
  option: DomainWish["option"];
}

export function ForecastPanel({ domain, name, option }: ForecastPanelProps) {
  const { t } = useTranslation();
  const settledName = useSettled(name.trim(), PAUSE_MS);
  const forecast = useQuery({
    queryKey: ["forecast", domain, settledName],
    queryFn: () => getForecast(domain, settledName),
    placeholderData: keepPreviousData,
    enabled: domain !== "",
  });
  return (
    <Container header={<Header variant="h2">{t("founding.forecast")}</Header>}>
      <div aria-live="polite">
        {forecast.isPending && <PageLoading />}
        {forecast.isError && <ProblemAlert problem={asProblem(forecast.error)} onRetry={() => forecast.refetch()} />}
        {forecast.isSuccess && <Outlook forecast={forecast.data} name={settledName} option={option} />}
      </div>
    </Container>
  );
}

function Outlook({ forecast, name, option }: { forecast: Forecast; name: string; option: DomainWish["option"] }) {
  const { t } = useTranslation();
  const values = { domain: forecast.domain, mail_domain: forecast.mail_domain, name };
  const obstacles: string[] = [];
  if (forecast.refusal !== undefined) obstacles.push(t(`founding.refusals.${forecast.refusal}`, values));
  if (forecast.name_taken) obstacles.push(t("founding.name_taken_text", values));
  if (forecast.domain_taken)
    obstacles.push(t(option === "own" ? "founding.own_domain_taken" : "founding.domain_taken", values));
  if (option === "prefix" && forecast.kind === "different") obstacles.push(t("founding.not_a_prefix", values));
  if (obstacles.length > 0)
    return (
      <SpaceBetween size="s">
        {obstacles.map((text) => (
          <Alert key={text} type="warning">
            {text}
          </Alert>
        ))}
        {option === "own" && forecast.domain_taken && (
          <RouteLink to={`/access_request?domain=${encodeURIComponent(forecast.domain)}`}>
            {t("access.title")}
          </RouteLink>
        )}
      </SpaceBetween>
    );
  return (
    <SpaceBetween size="s">
      <Alert type={forecast.decider === "nobody" ? "success" : "info"}>
        {t(`founding.outlook.${forecast.decider}`, values)}
      </Alert>
      {forecast.shared_mail && <Alert type="info">{t("founding.shared_mail", values)}</Alert>}
    </SpaceBetween>
  );
}
