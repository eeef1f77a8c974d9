// What a virtual account is, and the registration tokens that bring product instances into it.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listTokens, revokeToken } from "../../api/calls";
import type { RegistrationToken, VirtualAccount } from "../../api/types";
import { accountKey } from "../../live/keys";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDateTime, formatNumber } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { TokenStatus } from "../../ui/status";
import { useLanguage } from "../../ui/use_language";
import { CarriedTags } from "../tags/carried_tags";
import { CreateToken, ShowToken } from "./token_dialogs";

const SHAPE: ListShape = {};

interface GeneralTabProps {
  sa: string;
  virtualAccount: VirtualAccount;
}

export function GeneralTab({ sa, virtualAccount }: GeneralTabProps) {
  return (
    <SpaceBetween size="l">
      <Facts virtualAccount={virtualAccount} />
      <Tokens sa={sa} virtualAccount={virtualAccount} />
    </SpaceBetween>
  );
}

function Facts({ virtualAccount }: { virtualAccount: VirtualAccount }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Container header={<Header variant="h3">{t("virtual_accounts.about")}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: t("virtual_accounts.name"), value: virtualAccount.name },
          { label: t("virtual_accounts.number"), value: String(virtualAccount.number) },
          { label: t("virtual_accounts.description"), value: <OrDash>{virtualAccount.description}</OrDash> },
          {
            label: t("virtual_accounts.is_default"),
            value: t(virtualAccount.is_default ? "common.yes" : "common.no"),
          },
          {
            label: t("virtual_accounts.commerce_access"),
            value: t(`commerce_access.${virtualAccount.commerce_access}`),
          },
          { label: t("virtual_accounts.created_at"), value: formatDateTime(language, virtualAccount.created_at) },
          { label: t("tags.title"), value: <CarriedTags tags={virtualAccount.tags} /> },
        ]}
      />
    </Container>
  );
}

type Dialog =
  | { kind: "create" }
  | { kind: "show"; token: RegistrationToken; text?: string }
  | { kind: "revoke"; token: RegistrationToken };

function Tokens({ sa, virtualAccount }: GeneralTabProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const flash = useFlash();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const va = virtualAccount.virtual_account_id;
  const refresh = () => queryClient.invalidateQueries({ queryKey: accountKey(sa, "tokens", va) });
  const mayWork = virtualAccount.abilities.includes("license_work");
  const columns = useColumns(setDialog);
  const create = (
    <Button variant="primary" onClick={() => setDialog({ kind: "create" })}>
      {t("tokens.create")}
    </Button>
  );
  return (
    <>
      <ResourceTable
        id="tokens"
        title={t("tokens.title")}
        description={t("tokens.description_text")}
        headingTag="h3"
        shape={SHAPE}
        columns={columns}
        queryKey={accountKey(sa, "tokens", va)}
        fetchPage={(query) => listTokens(sa, va, query)}
        trackBy={(item) => item.registration_token_id}
        actions={mayWork && create}
        empty={
          <Empty
            title={t("tokens.none")}
            text={t(mayWork ? "tokens.none_text" : "tokens.none_text_reader")}
            action={mayWork && <Button onClick={() => setDialog({ kind: "create" })}>{t("tokens.create")}</Button>}
          />
        }
      />
      {dialog?.kind === "create" && (
        <CreateToken
          sa={sa}
          virtualAccount={virtualAccount}
          onCreated={(created) => {
            void refresh();
            setDialog({ kind: "show", token: created.token, text: created.text });
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog?.kind === "show" && (
        <ShowToken
          sa={sa}
          virtualAccount={virtualAccount}
          token={dialog.token}
          text={dialog.text}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog?.kind === "revoke" && (
        <Confirm
          title={t("tokens.revoke_title")}
          confirm={t("tokens.revoke")}
          action={() => revokeToken(sa, va, dialog.token.registration_token_id)}
          onClose={() => setDialog(null)}
          onDone={() => {
            void refresh();
            setDialog(null);
            flash({ type: "success", content: t("tokens.revoked") });
          }}
        >
          {t("tokens.revoke_text")}
        </Confirm>
      )}
    </>
  );
}

function useColumns(open: (dialog: Dialog) => void): Column<RegistrationToken>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  return [
    {
      id: "description",
      header: t("tokens.description"),
      isRowHeader: true,
      minWidth: 180,
      cell: (item) => item.description || t("tokens.no_description"),
    },
    { id: "status", header: t("common.status"), minWidth: 110, cell: (item) => <TokenStatus status={item.status} /> },
    { id: "expires_at", header: t("tokens.expires_at"), cell: (item) => formatDateTime(language, item.expires_at) },
    {
      id: "uses",
      header: t("tokens.uses"),
      cell: (item) =>
        item.max_uses === undefined
          ? t("tokens.uses_unlimited", { formatted: formatNumber(language, item.uses) })
          : t("tokens.uses_of", {
              formatted: formatNumber(language, item.uses),
              most: formatNumber(language, item.max_uses),
            }),
    },
    {
      id: "export_controlled",
      header: t("tokens.export_controlled"),
      cell: (item) => t(item.export_controlled_allowed ? "tokens.allowed" : "tokens.not_allowed"),
    },
    { id: "created_by", header: t("tokens.created_by"), cell: (item) => <OrDash>{item.created_by_name}</OrDash> },
    {
      id: "created_at",
      header: t("tokens.created_at"),
      hiddenAtFirst: true,
      cell: (item) => formatDateTime(language, item.created_at),
    },
    {
      id: "actions",
      header: t("common.actions"),
      minWidth: 110,
      cell: (item) => <TokenActions token={item} open={open} />,
    },
  ];
}

function TokenActions({ token, open }: { token: RegistrationToken; open: (dialog: Dialog) => void }) {
  const { t } = useTranslation();
  if (!token.abilities.includes("license_work")) return <OrDash />;
  const isActive = token.status === "active";
  return (
    <Box>
      <ButtonDropdown
        variant="inline-icon"
        ariaLabel={t("tokens.actions_of", { description: token.description || t("tokens.no_description") })}
        expandToViewport
        items={[
          { id: "show", text: t("tokens.show"), disabled: !isActive, disabledReason: t("tokens.not_active") },
          { id: "revoke", text: t("tokens.revoke"), disabled: !isActive, disabledReason: t("tokens.not_active") },
        ]}
        onItemClick={({ detail }) => open({ kind: detail.id === "revoke" ? "revoke" : "show", token })}
      />
    </Box>
  );
}
