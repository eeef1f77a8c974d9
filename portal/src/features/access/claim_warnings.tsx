// What whoever decides about somebody's claim to an account's domain should see first.
import Alert from "@cloudscape-design/components/alert";
import { useTranslation } from "react-i18next";
import type { ReceivedAccessRequest } from "../../api/types";

type Claim = Pick<ReceivedAccessRequest, "domain" | "requester" | "look_alike" | "shared_mail"> & { status: string };

export function ClaimWarnings({ claim }: { claim: Claim }) {
  const { t } = useTranslation();
  if (claim.status !== "PENDING") return null;
  const { mail } = claim.requester;
  return (["look_alike", "shared_mail"] as const)
    .filter((each) => claim[each])
    .map((each) => (
      <Alert key={each} type="warning">
        {t(`access.warnings.${each}`, { mail, domain: claim.domain })}
      </Alert>
    ));
}
