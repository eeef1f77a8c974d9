// The account's domain: the person's own, unless the dialog behind "edit" says otherwise.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormModal } from "../../ui/form_modal";
import { type DomainWish, wantedDomain } from "./domain_wish";

interface DomainFieldProps {
  wish: DomainWish;
  mailDomain: string;
  error: string | undefined;
  onChange: (wish: DomainWish) => void;
}

export function DomainField({ wish, mailDomain, error, onChange }: DomainFieldProps) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  return (
    <FormField label={t("account.domain")} description={t("founding.domain_help")} errorText={error}>
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <Box variant="span" fontWeight="bold">
          <span className="menkyo-domain">{wantedDomain(wish, mailDomain)}</span>
        </Box>
        <Button formAction="none" ariaLabel={t("founding.edit_domain")} onClick={() => setEditing(true)}>
          {t("founding.edit")}
        </Button>
      </SpaceBetween>
      {editing && (
        <DomainDialog
          wish={wish}
          mailDomain={mailDomain}
          onClose={() => setEditing(false)}
          onDone={(changed) => {
            onChange(changed);
            setEditing(false);
          }}
        />
      )}
    </FormField>
  );
}

const OPTIONS = ["prefix", "different", "own"] as const;

interface DomainDialogProps {
  wish: DomainWish;
  mailDomain: string;
  onDone: (wish: DomainWish) => void;
  onClose: () => void;
}

function DomainDialog({ wish, mailDomain, onDone, onClose }: DomainDialogProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<DomainWish>(wish.option === "own" ? { ...wish, option: "prefix" } : wish);
  const [tried, setTried] = useState(false);
  const wrong = {
    prefix: draft.option === "prefix" && draft.prefix.trim() === "",
    domain: draft.option === "different" && draft.domain.trim() === "",
    note: draft.option === "different" && draft.note.trim() === "",
  };
  const errorOf = (field: keyof typeof wrong) => (tried && wrong[field] ? t("fields.empty") : undefined);
  return (
    <FormModal
      title={t("founding.edit_domain")}
      submit="OK"
      pending={false}
      problem={null}
      onClose={onClose}
      onSubmit={() => {
        setTried(true);
        if (!Object.values(wrong).some(Boolean)) onDone(draft);
      }}
    >
      <FormField label={t("founding.option")} description={t(`founding.option_texts.${draft.option}`)}>
        <Select
          selectedOption={{ value: draft.option, label: t(`founding.options.${draft.option}`) }}
          options={OPTIONS.map((value) => ({ value, label: t(`founding.options.${value}`) }))}
          expandToViewport
          onChange={({ detail }) =>
            setDraft({ ...draft, option: OPTIONS.find((each) => each === detail.selectedOption.value) ?? "prefix" })
          }
        />
      </FormField>
      {draft.option === "prefix" && (
        <FormField
          label={t("founding.prefix")}
          description={t("founding.prefix_help", { domain: mailDomain })}
          constraintText={draft.prefix.trim() !== "" && wantedDomain(draft, mailDomain)}
          errorText={errorOf("prefix")}
        >
          <Input
            name="prefix"
            value={draft.prefix}
            onChange={({ detail }) => setDraft({ ...draft, prefix: detail.value })}
          />
        </FormField>
      )}
      {draft.option === "different" && (
        <FormField label={t("account.domain")} errorText={errorOf("domain")}>
          <Input
            name="domain"
            value={draft.domain}
            onChange={({ detail }) => setDraft({ ...draft, domain: detail.value })}
          />
        </FormField>
      )}
      {draft.option !== "own" && (
        <FormField
          label={t("founding.note")}
          description={t(`founding.notes.${draft.option}`)}
          errorText={errorOf("note")}
        >
          <Textarea value={draft.note} onChange={({ detail }) => setDraft({ ...draft, note: detail.value })} />
        </FormField>
      )}
    </FormModal>
  );
}
