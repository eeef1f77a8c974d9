import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createSmartAccount, listOperatorSmartAccounts } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { AccountSummary, Language, NewSmartAccount } from "../../api/types";
import { LANGUAGE_NAMES, LANGUAGES } from "../../i18n";
import { useFlash } from "../../ui/flash";
import { FormModal } from "../../ui/form_modal";
import type { ListShape } from "../../ui/list_state";
import { useRefusal } from "../../ui/problem_alert";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty } from "../../ui/states";
import { PersonLookup } from "./person_lookup";

const SHAPE: ListShape = {};

export function OperatorAccountsTab({ mayCreate, mayAssist }: { mayCreate: boolean; mayAssist: boolean }) {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [creating, setCreating] = useState(false);
  const [link, setLink] = useState<{ account: string; address: string } | null>(null);
  const columns: Column<AccountSummary>[] = [
    {
      id: "name",
      header: t("account.name"),
      isRowHeader: true,
      minWidth: 180,
      cell: (item) =>
        mayAssist ? <RouteLink to={`/operator/accounts/${item.smart_account_id}`}>{item.name}</RouteLink> : item.name,
    },
    { id: "number", header: t("account.number"), cell: (item) => String(item.number) },
    { id: "domain", header: t("account.domain"), cell: (item) => item.domain },
    { id: "type", header: t("account.type"), cell: (item) => t(`account_types.${item.type}`) },
    {
      id: "status",
      header: t("common.status"),
      cell: (item) => t(`account_status.${item.status}`, { defaultValue: item.status }),
    },
  ];
  return (
    <SpaceBetween size="l">
      {mayAssist && <PersonLookup />}
      <ResourceTable
        id="operator_accounts"
        title={t("operator.accounts")}
        shape={SHAPE}
        columns={columns}
        queryKey={["operator", "accounts"]}
        fetchPage={listOperatorSmartAccounts}
        trackBy={(item) => item.smart_account_id}
        searchLabel={t("operator.search_accounts")}
        actions={
          mayCreate && (
            <Button variant="primary" onClick={() => setCreating(true)}>
              {t("operator.create_account")}
            </Button>
          )
        }
        empty={<Empty title={t("operator.no_accounts")} text={t("operator.no_accounts_text")} />}
      />
      {creating && (
        <CreateAccount
          onClose={() => setCreating(false)}
          onCreated={(created) => {
            setCreating(false);
            const isTold = created.one_time_link === undefined;
            flash({
              type: "success",
              header: t("operator.account_created", { name: created.smart_account.name }),
              content: isTold ? t("operator.account_created_text") : undefined,
            });
            void queryClient.invalidateQueries({ queryKey: ["operator", "accounts"] });
            void queryClient.invalidateQueries({ queryKey: ["accounts"] });
            if (created.one_time_link !== undefined) {
              setLink({ account: created.smart_account.name, address: created.one_time_link });
            }
          }}
        />
      )}
      {link !== null && <LinkDialog account={link.account} address={link.address} onClose={() => setLink(null)} />}
    </SpaceBetween>
  );
}

type Created = Awaited<ReturnType<typeof createSmartAccount>>;

const EMPTY = { name: "", domain: "", mail: "", given_name: "", family_name: "" };
type Field = keyof typeof EMPTY;
const PATHS: Record<Field, string> = {
  name: "name",
  domain: "domain",
  mail: "administrator/mail",
  given_name: "administrator/given_name",
  family_name: "administrator/family_name",
};
const FIELDS = Object.keys(PATHS) as Field[];

function CreateAccount({ onCreated, onClose }: { onCreated: (created: Created) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [form, setForm] = useState(EMPTY);
  const [language, setLanguage] = useState<Language>("ja");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const create = useMutation({
    mutationFn: (request: NewSmartAccount) => createSmartAccount(request, keys.keyFor(request)),
    onSuccess: onCreated,
  });
  const refusal = useRefusal(create);
  const errorOf = (field: Field) => {
    if (tried && form[field].trim() === "") return t("fields.empty");
    return refusal.errorOf(PATHS[field]);
  };
  const submit = () => {
    setTried(true);
    if (FIELDS.some((field) => form[field].trim() === "")) return;
    create.mutate({
      name: form.name.trim(),
      domain: form.domain.trim(),
      administrator: {
        mail: form.mail.trim(),
        given_name: form.given_name.trim(),
        family_name: form.family_name.trim(),
        language,
      },
    });
  };
  return (
    <FormModal
      title={t("operator.create_account")}
      submit={t("common.create")}
      pending={create.isPending}
      problem={refusal.problem}
      onSubmit={submit}
      onClose={onClose}
    >
      {FIELDS.map((field) => (
        <FormField
          key={field}
          label={t(`operator.form.${field}`)}
          description={field === "domain" ? t("operator.form.domain_help") : undefined}
          errorText={errorOf(field)}
        >
          <Input
            type={field === "mail" ? "email" : "text"}
            value={form[field]}
            onChange={({ detail }) => setForm({ ...form, [field]: detail.value })}
          />
        </FormField>
      ))}
      <FormField label={t("operator.form.language")}>
        <SegmentedControl
          label={t("operator.form.language")}
          selectedId={language}
          options={LANGUAGES.map((id) => ({ id, text: LANGUAGE_NAMES[id] }))}
          onChange={({ detail }) => setLanguage(detail.selectedId === "en" ? "en" : "ja")}
        />
      </FormField>
    </FormModal>
  );
}

function LinkDialog({ account, address, onClose }: { account: string; address: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      visible
      header={t("operator.link_title")}
      closeAriaLabel={t("common.close")}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            {t("common.close")}
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">{t("operator.link_text", { account })}</Box>
        <code className="menkyo-token">{address}</code>
        <CopyToClipboard
          copyButtonText={t("operator.link_copy")}
          copySuccessText={t("tokens.copied")}
          copyErrorText={t("tokens.copy_failed")}
          textToCopy={address}
        />
      </SpaceBetween>
    </Modal>
  );
}
