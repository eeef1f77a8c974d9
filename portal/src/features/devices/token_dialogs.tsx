import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { createToken, getTokenText } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { NewRegistrationToken, RegistrationToken, VirtualAccount } from "../../api/types";
import { FormModal } from "../../ui/form_modal";
import { formatDateTime } from "../../ui/format";
import { OptionalLabel } from "../../ui/optional_label";
import { ProblemAlert, useRefusal } from "../../ui/problem_alert";
import { fileName, saveText } from "../../ui/save_text";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { EMPTY_TOKEN_FORM, type TokenField, tokenRequest } from "./token_form";

interface CreateTokenProps {
  sa: string;
  virtualAccount: VirtualAccount;
  onCreated: (created: { token: RegistrationToken; text: string }) => void;
  onClose: () => void;
}

export function CreateToken({ sa, virtualAccount, onCreated, onClose }: CreateTokenProps) {
  const { t } = useTranslation();
  const [form, setForm] = useState(EMPTY_TOKEN_FORM);
  const [wrong, setWrong] = useState<TokenField[]>([]);
  const [keys] = useState(idempotencyKeys);
  const create = useMutation({
    mutationFn: (request: NewRegistrationToken) =>
      createToken(sa, virtualAccount.virtual_account_id, request, keys.keyFor(request)),
    onSuccess: onCreated,
  });
  const { problem, errorOf: refusalOf } = useRefusal(create);
  const submit = () => {
    const result = tokenRequest(form);
    setWrong("wrong" in result ? result.wrong : []);
    if ("request" in result) create.mutate(result.request);
  };
  const errorOf = (field: TokenField) => (wrong.includes(field) ? t(`tokens.wrong.${field}`) : refusalOf(field));
  return (
    <FormModal
      title={t("tokens.create_in", { name: virtualAccount.name })}
      submit={t("tokens.create")}
      pending={create.isPending}
      problem={problem}
      onSubmit={submit}
      onClose={onClose}
    >
      <FormField
        label={t("tokens.description")}
        description={t("tokens.description_help")}
        errorText={errorOf("description")}
      >
        <Input value={form.description} onChange={({ detail }) => setForm({ ...form, description: detail.value })} />
      </FormField>
      <FormField
        label={t("tokens.expires_in_days")}
        constraintText={t("tokens.expires_in_days_help")}
        errorText={errorOf("expires_in_days")}
      >
        <Input
          inputMode="numeric"
          value={form.expires_in_days}
          onChange={({ detail }) => setForm({ ...form, expires_in_days: detail.value })}
        />
      </FormField>
      <FormField
        label={<OptionalLabel>{t("tokens.max_uses")}</OptionalLabel>}
        constraintText={t("tokens.max_uses_help")}
        errorText={errorOf("max_uses")}
      >
        <Input
          inputMode="numeric"
          value={form.max_uses}
          onChange={({ detail }) => setForm({ ...form, max_uses: detail.value })}
        />
      </FormField>
      <Toggle
        checked={form.export_controlled_allowed}
        description={t("tokens.export_controlled_help")}
        onChange={({ detail }) => setForm({ ...form, export_controlled_allowed: detail.checked })}
      >
        {t("tokens.allow_export_controlled")}
      </Toggle>
      {form.export_controlled_allowed && (
        <Alert type="info" header={t("tokens.disclaimer_title")}>
          {t("tokens.disclaimer")}
        </Alert>
      )}
    </FormModal>
  );
}

interface ShowTokenProps {
  sa: string;
  virtualAccount: VirtualAccount;
  token: RegistrationToken;
  // Known right after creation; otherwise it is asked for.
  text: string | undefined;
  onClose: () => void;
}

export function ShowToken({ sa, virtualAccount, token, text, onClose }: ShowTokenProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const query = useQuery({
    queryKey: ["token_text", token.registration_token_id],
    queryFn: () => getTokenText(sa, virtualAccount.virtual_account_id, token.registration_token_id),
    enabled: text === undefined,
    // The text lets anybody register: it is not kept once the dialog is closed.
    gcTime: 0,
  });
  const known = text ?? query.data?.text;
  return (
    <Modal
      visible
      header={t(text === undefined ? "tokens.text_title" : "tokens.created_title")}
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
      {known === undefined && query.isPending && <PageLoading />}
      {query.isError && <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />}
      {known !== undefined && (
        <SpaceBetween size="m">
          <Box variant="p">
            {t("tokens.text_help", {
              name: virtualAccount.name,
              expires: formatDateTime(language, token.expires_at),
            })}
          </Box>
          <code className="menkyo-token">{known}</code>
          <SpaceBetween direction="horizontal" size="xs">
            <CopyToClipboard
              copyButtonText={t("tokens.copy")}
              copySuccessText={t("tokens.copied")}
              copyErrorText={t("tokens.copy_failed")}
              textToCopy={known}
            />
            <Button
              iconName="download"
              onClick={() => saveText(`${fileName("token", virtualAccount.name, token.description)}.txt`, known)}
            >
              {t("tokens.download")}
            </Button>
          </SpaceBetween>
        </SpaceBetween>
      )}
    </Modal>
  );
}
