// States are said in words with an icon; the colour only repeats them.
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useTranslation } from "react-i18next";
import type { AuthorizationState, ComplianceStatus, Lot, RegistrationToken } from "../api/types";

export function Compliance({ status }: { status: ComplianceStatus }) {
  const { t } = useTranslation();
  return (
    <StatusIndicator type={status === "in_compliance" ? "success" : "error"}>
      {t(`compliance.${status}`)}
    </StatusIndicator>
  );
}

const AUTHORIZATION: Record<AuthorizationState, StatusIndicatorProps.Type> = {
  authorized: "success",
  out_of_compliance: "error",
  authorization_expired: "warning",
  none: "stopped",
};

export function Authorization({ state }: { state: AuthorizationState }) {
  const { t } = useTranslation();
  return <StatusIndicator type={AUTHORIZATION[state]}>{t(`authorization.${state}`)}</StatusIndicator>;
}

const TOKEN: Record<RegistrationToken["status"], StatusIndicatorProps.Type> = {
  active: "success",
  expired: "stopped",
  used_up: "stopped",
  revoked: "stopped",
};

export function TokenStatus({ status }: { status: RegistrationToken["status"] }) {
  const { t } = useTranslation();
  return <StatusIndicator type={TOKEN[status]}>{t(`token_status.${status}`)}</StatusIndicator>;
}

const LOT: Record<Lot["status"], StatusIndicatorProps.Type> = {
  ACTIVE: "success",
  FUTURE: "pending",
  ENDED: "stopped",
};

export function LotStatus({ status }: { status: Lot["status"] }) {
  const { t } = useTranslation();
  return <StatusIndicator type={LOT[status]}>{t(`lot_status.${status}`)}</StatusIndicator>;
}
