// The roles of the operator's staff: until when, who validated them last, and what administrators do about them.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { endStaffRole, giveStaffRole, listStaff, validateStaffRole } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { NewStaffRole, StaffRole } from "../../api/types";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { FormModal } from "../../ui/form_modal";
import { formatDateTime, formatName } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { useRefusal } from "../../ui/problem_alert";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";

const SHAPE: ListShape = { prefix: "staff" };
const ROLES = ["operator_admin", "operator_catalog", "operator_support"] as const;
const SOON_MS = 14 * 86_400_000;

type Dialog = { kind: "give" } | { kind: "validate" | "end"; role: StaffRole };

export function StaffTab() {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const columns = useColumns(setDialog);
  const close = () => setDialog(null);
  const done = (text: string) => {
    close();
    flash({ type: "success", content: text });
    void queryClient.invalidateQueries({ queryKey: ["operator", "staff"] });
  };
  const words = (role: StaffRole) => ({ mail: role.mail, role: t(`operator_roles.${role.role}`) });
  return (
    <>
      <ResourceTable
        id="staff"
        title={t("staff.title")}
        description={t("staff.text")}
        shape={SHAPE}
        columns={columns}
        queryKey={["operator", "staff"]}
        fetchPage={listStaff}
        trackBy={(item) => `${item.person_id} ${item.role}`}
        actions={
          <Button variant="primary" onClick={() => setDialog({ kind: "give" })}>
            {t("staff.give")}
          </Button>
        }
        empty={<Empty title={t("staff.none")} text={t("staff.none_text")} />}
      />
      {dialog?.kind === "give" && <GiveRole onGiven={({ mail }) => done(t("staff.given", { mail }))} onClose={close} />}
      {dialog?.kind === "validate" && (
        <Confirm
          title={t("staff.validate_title")}
          confirm={t("staff.validate")}
          action={() => validateStaffRole(dialog.role)}
          onClose={close}
          onDone={() => done(t("staff.validated", words(dialog.role)))}
        >
          {t("staff.validate_text", words(dialog.role))}
        </Confirm>
      )}
      {dialog?.kind === "end" && (
        <Confirm
          title={t("staff.end_title")}
          confirm={t("staff.end")}
          action={() => endStaffRole(dialog.role)}
          onClose={close}
          onDone={() => done(t("staff.was_ended", words(dialog.role)))}
        >
          {t("staff.end_text", words(dialog.role))}
        </Confirm>
      )}
    </>
  );
}

function useColumns(open: (dialog: Dialog) => void): Column<StaffRole>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = (item: StaffRole) => ({ mail: item.mail, role: t(`operator_roles.${item.role}`) });
  return [
    {
      id: "person",
      header: t("staff.person"),
      isRowHeader: true,
      minWidth: 190,
      cell: (item) => (
        <>
          {item.family_name === "" ? item.mail : formatName(language, item)}
          {item.family_name !== "" && (
            <Box variant="small" display="block" color="text-body-secondary">
              {item.mail}
            </Box>
          )}
        </>
      ),
    },
    { id: "role", header: t("staff.role"), minWidth: 150, cell: (item) => t(`operator_roles.${item.role}`) },
    { id: "state", header: t("staff.state"), minWidth: 130, cell: (item) => <State role={item} /> },
    {
      id: "ends_at",
      header: t("staff.ends_at"),
      minWidth: 140,
      cell: (item) => formatDateTime(language, item.ends_at),
    },
    {
      id: "validated_at",
      header: t("staff.validated_at"),
      minWidth: 170,
      cell: (item) => (
        <>
          {formatDateTime(language, item.validated_at)}
          <Box variant="small" display="block" color="text-body-secondary">
            {item.validated_by === undefined
              ? t("staff.by_command")
              : t("staff.validated_by", { who: item.validated_by })}
          </Box>
        </>
      ),
    },
    {
      id: "actions",
      header: t("common.actions"),
      minWidth: 150,
      cell: (item) => (
        <SpaceBetween size="xs" direction="horizontal">
          {!item.is_own && (
            <Button
              variant="inline-link"
              ariaLabel={t("staff.validate_of", words(item))}
              onClick={() => open({ kind: "validate", role: item })}
            >
              {t("staff.validate")}
            </Button>
          )}
          <Button
            variant="inline-link"
            ariaLabel={t("staff.end_of", words(item))}
            onClick={() => open({ kind: "end", role: item })}
          >
            {t("staff.end")}
          </Button>
        </SpaceBetween>
      ),
    },
  ];
}

function State({ role }: { role: StaffRole }) {
  const { t } = useTranslation();
  if (!role.is_in_force) return <StatusIndicator type="stopped">{t("staff.ended")}</StatusIndicator>;
  const soon = new Date(role.ends_at).getTime() - Date.now() < SOON_MS;
  return (
    <StatusIndicator type={soon ? "warning" : "success"}>{t(soon ? "staff.soon" : "staff.in_force")}</StatusIndicator>
  );
}

function GiveRole({ onGiven, onClose }: { onGiven: (role: StaffRole) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [mail, setMail] = useState("");
  const [role, setRole] = useState<NewStaffRole["role"]>("operator_support");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const give = useMutation({
    mutationFn: (body: NewStaffRole) => giveStaffRole(body, keys.keyFor(body)),
    onSuccess: onGiven,
  });
  const { problem, errorOf } = useRefusal(give);
  const options = ROLES.map((value) => ({ value, label: t(`operator_roles.${value}`) }));
  const isEmpty = mail.trim() === "";
  return (
    <FormModal
      title={t("staff.give")}
      submit={t("staff.give")}
      pending={give.isPending}
      problem={problem}
      onSubmit={() => {
        setTried(true);
        if (!isEmpty) give.mutate({ mail: mail.trim(), role });
      }}
      onClose={onClose}
    >
      <FormField
        label={t("staff.mail")}
        description={t("staff.mail_help")}
        errorText={tried && isEmpty ? t("fields.empty") : errorOf("mail")}
      >
        <Input type="email" value={mail} onChange={({ detail }) => setMail(detail.value)} />
      </FormField>
      <FormField label={t("staff.role")}>
        <Select
          options={options}
          selectedOption={options.find((option) => option.value === role) ?? null}
          expandToViewport
          onChange={({ detail }) => setRole(ROLES.find((value) => value === detail.selectedOption.value) ?? role)}
        />
      </FormField>
    </FormModal>
  );
}
