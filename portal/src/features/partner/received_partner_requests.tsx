// What partners ask of the person, as long as it waits for an answer.
import Alert from "@cloudscape-design/components/alert";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { listReceivedPartnerRequests } from "../../api/partner_calls";
import { asProblem } from "../../api/problem";
import { formatName } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { useLanguage } from "../../ui/use_language";

const NEWEST = 20;

export function ReceivedPartnerRequests() {
  const { t } = useTranslation();
  const language = useLanguage();
  const requests = useQuery({
    queryKey: ["received_partner_requests", "newest"],
    queryFn: () => listReceivedPartnerRequests({ limit: NEWEST }),
  });
  if (requests.isError) return <ProblemAlert problem={asProblem(requests.error)} onRetry={() => requests.refetch()} />;
  const open = (requests.data?.items ?? []).filter((each) => each.status === "PENDING_CUSTOMER_ACCEPTANCE");
  if (open.length === 0) return null;
  return (
    <Alert type="info" header={t("partner_requests.received")}>
      <ul className="menkyo-checklist">
        {open.map((each) => (
          <li key={each.partner_request_id}>
            <RouteLink to={`/received_partner_requests/${each.partner_request_id}`}>
              {t("partner_requests.received_item", { name: each.name, domain: each.domain })}
            </RouteLink>{" "}
            {t("partner_requests.received_from", {
              partner: formatName(language, each.partner),
              mail: each.partner.mail,
            })}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
